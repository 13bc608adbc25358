"""The whole path on real services: what goes into Kafka comes out, once, wherever one looks."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable

import hdfs
import pytest
from commands import ROOT, find_free_port, run_module, wait_until
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from whole_path import JOB, kill_group, read_parquet, running

TWEETS = 5_000
BROKEN = [
    b"",
    b"not json",
    b'{"data":{}}',
    b"\xff\xfe\x00",
    b'{"data":{"id":"1","text":"x","created_at":"2099-01-01T00:00:00Z"}}',
]
BROKEN_COUNT = 200


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


@pytest.fixture
def list_commits(stack, topic) -> Callable[[], list[str]]:
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)

    def list_commits() -> list[str]:
        if client.status(f"/{topic}/_commits", strict=False) is None:
            return []
        return [name for name in client.list(f"/{topic}/_commits") if name.endswith(".json")]

    return list_commits


def produce_everything(env: dict[str, str]) -> None:
    said = run_module(
        *("producer", "--rate", "5000", "--count", str(TWEETS), "--seed", "7"), env=env
    )
    assert said.endswith(f"delivered {TWEETS}, failed 0\n")
    producer = KafkaProducer(bootstrap_servers=env["TWEETS_BOOTSTRAP_SERVERS"])
    for number in range(BROKEN_COUNT):
        producer.send(env["TWEETS_TOPIC"], BROKEN[number % len(BROKEN)])
    producer.flush(timeout=30)
    producer.close()


def read_topic(env: dict[str, str]) -> list[tuple[int, int, bytes | None]]:
    consumer = KafkaConsumer(bootstrap_servers=env["TWEETS_BOOTSTRAP_SERVERS"])
    partitions = [TopicPartition(env["TWEETS_TOPIC"], number) for number in range(3)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    messages = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=1000).values():
            messages += [(record.partition, record.offset, record.value) for record in records]
    consumer.close()
    return messages


def read_totals(env: dict[str, str]) -> dict[str, int]:
    address = f"http://127.0.0.1:{env['TWEETS_DASHBOARD_PORT']}/api/counts?since=1d&bucket=1h"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return {name: count for name, count in json.load(answer)["totals"].items() if count}
    except OSError:
        return {}


@pytest.mark.timeout(600)
def test_every_message_is_stored_once_although_the_job_is_killed(
    stack, topic, env, list_commits, tmp_path
):
    produce_everything(env)
    messages = read_topic(env)
    assert len(messages) == TWEETS + BROKEN_COUNT

    with running(JOB, env, tmp_path / "killed.log") as job:
        wait_until(lambda: len(list_commits()) >= 3 or job.poll() is not None, 180)
        kill_group(job)
    committed = len(list_commits())
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

    stored_batches = list_commits()
    idle = subprocess.run([*JOB, "--available-now"], cwd=ROOT, env=env, check=False)
    assert idle.returncode == 0
    assert list_commits() == stored_batches

    tweets, rejected = (read_parquet(stack, topic, name) for name in ("tweets", "rejected"))
    stored = Counter(zip(tweets["partition"], tweets["offset"], strict=True))
    stored += Counter(zip(rejected["partition"], rejected["offset"], strict=True))
    assert stored == Counter((partition, offset) for partition, offset, _ in messages)
    assert len(rejected) == BROKEN_COUNT
    sent = Counter(json.loads(raw)["data"]["id"] for *_, raw in messages if is_tweet(raw))
    assert Counter(tweets["id"]) == sent
    assert all(count == 1 for count in sent.values())

    per_category = tweets["category"].value_counts().to_dict()
    counts = read_parquet(stack, topic, "category_counts")
    assert counts.groupby("category")["tweet_count"].sum().to_dict() == per_category
    with running([sys.executable, "-m", "dashboard"], env, tmp_path / "dashboard.log"):
        wait_until(lambda: read_totals(env) == per_category, 60)
    said = run_module("jobs.verify", "--topic", env=env)
    assert f"{TWEETS} tweets, {BROKEN_COUNT} rejected" in said


def assert_second_job_is_refused(env: dict[str, str]) -> None:
    second = subprocess.run(JOB, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "Another job writes to" in second.stdout


def is_proved(env: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "jobs.verify", "--topic"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    return result.returncode == 0


def is_tweet(raw: bytes | None) -> bool:
    return raw is not None and raw.startswith(b'{"data":{"id"') and b"2099-" not in raw
