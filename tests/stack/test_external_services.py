"""`prepare` and `doctor --external` as commands, on a real Kafka and a real HDFS."""

import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from commands import ROOT
from http_server import Handler, serve

from stack.external.doctor import check_history


@pytest.fixture
def env(stack) -> dict[str, str]:
    name = uuid4().hex[:8]
    return stack.env | {
        "TWEETS_TOPIC": f"external-{name}",
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/external-{name}/tweets",
    }


def run(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "stack", *arguments]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert not result.stderr
    assert bool(result.returncode) is ("FAIL" in result.stdout)
    return result.stdout


def find_failures(said: str) -> list[str]:
    # Whether a model is live here is none of the services' business.
    lines = [line for line in said.splitlines() if line.split()[1] != "model"]
    return [line for line in lines if line.startswith("FAIL")]


def test_what_is_missing_is_made_once_and_then_all_is_well(env) -> None:
    before = run(env, "doctor", "--external")
    assert "topic external-" in "\n".join(find_failures(before))
    made = run(env, "prepare", "--owner", "tweets:team")
    assert "created with 3 partitions" in made
    assert "made, of tweets:team with mode 750" in made
    again = run(env, "prepare", "--owner", "tweets:team")
    assert again.count("is there already") == 2
    assert not find_failures(run(env | {"TWEETS_HDFS_USER": "tweets"}, "doctor", "--external"))


def test_who_may_not_gets_the_commands_to_hand_on(env) -> None:
    run(env, "prepare", "--owner", "tweets")
    stranger = env | {"TWEETS_HDFS_USER": "stranger"}
    assert "hdfs dfs -chown stranger" in run(stranger, "doctor", "--external")
    elsewhere = env["TWEETS_DATA_ROOT"] + "-of-a-stranger"
    said = run(stranger | {"TWEETS_DATA_ROOT": elsewhere}, "prepare")
    assert "hand this to whoever may: hdfs dfs -mkdir -p" in said


def test_services_of_others_are_not_started_here(env) -> None:
    nowhere = env | {
        "TWEETS_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "TWEETS_WEBHDFS_URL": "http://127.0.0.1:1,http://127.0.0.1:2",
        "TWEETS_DATA_ROOT": "hdfs://cluster/tweets",
        "TWEETS_EVENT_LOG": "hdfs://cluster/logs",
        "TWEETS_HISTORY_URL": "http://127.0.0.1:1",
    }
    said = run(nowhere, "doctor", "--external")
    assert len(find_failures(said)) == 7
    assert "python -m stack up" not in said


class HistoryServer(Handler):
    def do_GET(self) -> None:
        is_known = self.path.startswith("/api/v1/applications")
        self.answer(200, b"[]" if is_known else b"<html>")


@pytest.fixture
def history_url() -> Iterator[str]:
    with serve(HistoryServer) as url:
        yield url


def test_a_history_server_is_known_by_its_answer(history_url: str) -> None:
    assert not check_history(f"{history_url}/").remedy
    assert "TWEETS_HISTORY_URL" in check_history(f"{history_url}/elsewhere").remedy
