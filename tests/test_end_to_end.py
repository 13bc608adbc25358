"""The whole path on real services: what goes into Kafka comes out, once, wherever one looks."""

import json
import signal
import subprocess
import sys
import urllib.request

import hdfs
import pytest
from commands import ROOT, find_free_port, run_module, wait_until
from whole_path import (
    BROKEN_COUNT,
    JOB,
    TWEETS,
    assert_each_is_stored_once,
    is_proved,
    kill_group,
    list_commits,
    produce_everything,
    read_parquet,
    read_topic,
    running,
)


@pytest.fixture
def env(stack, topic, model_root, tmp_path) -> dict[str, str]:
    return {
        **stack.env,
        "TWEETS_TOPIC": topic,
        "TWEETS_MODEL_ROOT": str(model_root),
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/{topic}",
        "TWEETS_MAX_OFFSETS_PER_TRIGGER": "400",
        "TWEETS_TRIGGER_SECONDS": "0.1",
        "TWEETS_DASHBOARD_PORT": str(find_free_port()),
    }


def read_totals(env: dict[str, str]) -> dict[str, int]:
    address = f"http://127.0.0.1:{env['TWEETS_DASHBOARD_PORT']}/api/counts?since=1d&bucket=1h"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return {name: count for name, count in json.load(answer)["totals"].items() if count}
    except OSError:
        return {}


@pytest.mark.timeout(600)
def test_every_message_is_stored_once_although_the_job_is_killed(stack, topic, env, tmp_path):
    produce_everything(env)
    messages = read_topic(env)
    assert len(messages) == TWEETS + BROKEN_COUNT

    with running(JOB, env, tmp_path / "killed.log") as job:
        wait_until(lambda: len(list_commits(stack, topic)) >= 3 or job.poll() is not None, 180)
        kill_group(job)
    committed = len(list_commits(stack, topic))
    assert 3 <= committed < len(messages) / 400
    visible = read_parquet(stack, topic, "tweets")
    assert not visible.duplicated(["partition", "offset"]).any()

    with running(JOB, env, tmp_path / "job.log") as job:
        wait_until(lambda: is_proved(env) or job.poll() is not None, 180)
        assert job.poll() is None, (tmp_path / "job.log").read_text()[-3000:]

        assert_second_job_is_refused(env)
        job.send_signal(signal.SIGTERM)
        assert job.wait(60) == 0
    lease = hdfs.InsecureClient(stack.webhdfs_url).status(f"/{topic}/_lease.json", strict=False)
    assert lease is None

    stored_batches = list_commits(stack, topic)
    idle = subprocess.run([*JOB, "--available-now"], cwd=ROOT, env=env, check=False)
    assert idle.returncode == 0
    assert list_commits(stack, topic) == stored_batches

    per_category = assert_each_is_stored_once(stack, topic, messages)
    with running([sys.executable, "-m", "dashboard"], env, tmp_path / "dashboard.log"):
        wait_until(lambda: read_totals(env) == per_category, 60)
    said = run_module("jobs.verify", "--topic", env=env)
    assert f"{TWEETS} tweets, {BROKEN_COUNT} rejected" in said


def assert_second_job_is_refused(env: dict[str, str]) -> None:
    second = subprocess.run(JOB, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "Another job writes to" in second.stdout
