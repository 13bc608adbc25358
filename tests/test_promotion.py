"""A running job and its dashboard take a promotion over, without a restart or a lost tweet."""

import json
import shutil
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from commands import find_free_port, run_module, wait_until
from whole_path import JOB, read_parquet, running

from models.registry import load_version, promote, read_current, save_version

TWEETS = 300


@pytest.fixture
def env(stack, topic, model_root, tmp_path) -> dict[str, str]:
    shutil.copytree(model_root, tmp_path / "models")
    return {
        **stack.env,
        "TWEETS_TOPIC": topic,
        "TWEETS_MODEL_ROOT": str(tmp_path / "models"),
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/{topic}",
        "TWEETS_TRIGGER_SECONDS": "0.5",
        "TWEETS_DASHBOARD_PORT": str(find_free_port()),
    }


def save_again(root: Path, version: str) -> None:
    """Save the live version under another name."""
    live = load_version(root, str(read_current(root)))

    def write_files(folder: Path) -> None:
        shutil.copytree(
            live.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("card.json")
        )

    card = {key: value for key, value in live.card.items() if key not in ("version", "files")}
    save_version(root, version, write_files, card)


def produce(env: dict[str, str], seed: int) -> None:
    run_module("producer", "--rate", "1000", "--count", str(TWEETS), "--seed", str(seed), env=env)


def count_stored(env: dict[str, str]) -> int:
    counts = ask_dashboard(env, "counts?since=1d&bucket=1h")
    return sum(counts["totals"].values()) if counts else 0


def ask_dashboard(env: dict[str, str], call: str) -> dict:
    try:
        address = f"http://127.0.0.1:{env['TWEETS_DASHBOARD_PORT']}/api/{call}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return {}


@pytest.mark.timeout(300)
def test_each_tweet_names_the_version_that_was_live(stack, topic, env, tmp_path):
    root = tmp_path / "models"
    first = str(read_current(root))
    dashboard = [sys.executable, "-m", "dashboard"]
    with (
        running(JOB, env, tmp_path / "job.log") as job,
        running(dashboard, env, tmp_path / "dashboard.log"),
    ):
        produce(env, seed=1)
        wait_until(lambda: count_stored(env) == TWEETS or job.poll() is not None, 120)
        assert job.poll() is None, (tmp_path / "job.log").read_text()[-3000:]
        save_again(root, "v2")
        promote(root, "v2")
        produce(env, seed=2)
        wait_until(lambda: count_stored(env) == 2 * TWEETS or job.poll() is not None, 120)
        assert job.poll() is None, (tmp_path / "job.log").read_text()[-3000:]
        call = "classify?" + urllib.parse.urlencode({"text": "two pizzas, please"})
        assert ask_dashboard(env, call)["model_version"] == "v2"
    stored = read_parquet(stack, topic, "tweets")
    assert stored["model_version"].value_counts().to_dict() == {first: TWEETS, "v2": TWEETS}
    run_module("jobs.verify", "--topic", env=env)
