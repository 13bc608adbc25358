"""A job and a dashboard that run on: every source, deletes and a promotion reach the page."""

import json
import shutil
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from commands import find_free_port, run_module, wait_until
from producer_process import StartProducer
from stub_jetstream import StubJetstream
from stub_profiles import StubProfiles
from stub_x import StubX
from training_command import add_version
from whole_path import JOB, is_proved, new_topic, read_parquet, running

from models.registry import promote, read_current
from models.tweet import compose_delete, format_time

Page = dict[str, tuple[str, str, str]]
PROMOTED_AFTER = 300


@pytest.fixture(scope="module")
def env(stack, model_root, tmp_path_factory) -> Iterator[dict[str, str]]:
    """The environment of a topic that a running job stores and a running dashboard shows."""
    folder = tmp_path_factory.mktemp("pipeline")
    with ExitStack() as cleanup:
        topic = cleanup.enter_context(new_topic(stack.bootstrap_servers))
        env = {
            **stack.env,
            "TWEETS_TOPIC": topic,
            "TWEETS_MODEL_ROOT": str(shutil.copytree(model_root, folder / "models")),
            "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/{topic}",
            "TWEETS_TRIGGER_SECONDS": "0.2",
            "TWEETS_DASHBOARD_PORT": str(find_free_port()),
        }
        cleanup.enter_context(running(JOB, env, folder / "job.log"))
        dashboard = [sys.executable, "-m", "dashboard"]
        cleanup.enter_context(running(dashboard, env, folder / "dashboard.log"))
        yield env


def ask(env: dict[str, str], call: str) -> dict[str, Any]:
    """Ask the dashboard; what it does not answer is empty."""
    address = f"http://127.0.0.1:{env['TWEETS_DASHBOARD_PORT']}/api/{call}"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return {}


def read_page(env: dict[str, str], source: str) -> Page:
    """Read text, user and category of each tweet of a source, by id."""
    return {
        tweet["id"]: (tweet["text"], tweet["username"], tweet["category"])
        for tweet in ask(env, "tweets?limit=200").get("tweets", [])
        if tweet["source"] == source
    }


def now() -> str:
    return format_time(datetime.now(UTC))


@pytest.mark.timeout(400)
def test_posts_on_bluesky_come_to_the_page_and_leave_it(env, start_producer: StartProducer):
    with StubJetstream() as server, StubProfiles() as profiles:
        profiles.people["did:plc:ann"] = ("ann.example", "Ann")
        live = {**env, "TWEETS_JETSTREAM_URLS": server.url, "TWEETS_BLUESKY_API_URL": profiles.url}
        start_producer("--source", "jetstream", "--lang", "en", env=live)
        wait_until(lambda: server.followers == 1, 60)
        pizza = server.post("two pizzas for dinner", did="did:plc:ann", createdAt=now())
        server.post("dos pizzas", did="did:plc:ann", createdAt=now(), langs=["es"])
        regret = server.post("what a stupid dinner", did="did:plc:bob", createdAt=now())
        shown = ("two pizzas for dinner", "ann.example", "food")
        wait_until(lambda: read_page(env, "jetstream").get(pizza) == shown, 150)
        wait_until(lambda: read_page(env, "jetstream").keys() == {pizza, regret}, 60)
        server.delete(regret)
        wait_until(lambda: read_page(env, "jetstream").keys() == {pizza}, 60)


@pytest.mark.timeout(400)
def test_posts_on_x_come_to_the_page_and_leave_it(env, start_producer: StartProducer, tmp_path):
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text("token\n")
    with StubX() as server:
        live = {**env, "TWEETS_X_API_URL": server.url, "TWEETS_X_BEARER_TOKEN_FILE": str(token)}
        producer = start_producer("--source", "x", "--max-posts-per-day", "3", env=live)
        pizza = server.post("two pizzas for dinner", username="ann", created_at=now())
        regret = server.post("what a stupid dinner", username="bob", created_at=now())
        shown = ("two pizzas for dinner", "ann", "food")
        wait_until(lambda: read_page(env, "x").get(pizza) == shown, 150)
        wait_until(lambda: read_page(env, "x").keys() == {pizza, regret}, 60)
        delete = {"delete": {"event_at": now(), "tweet": {"id": regret, "author_id": "u-bob"}}}
        server.send(json.dumps({"data": delete}).encode())
        wait_until(lambda: read_page(env, "x").keys() == {pizza}, 60)
        server.post("the last one that is paid for", created_at=now())
        assert producer.wait_for_end() == 0
        assert producer.read_result() == (4, 0)


@pytest.mark.timeout(400)
def test_a_file_comes_to_the_page(env, start_producer: StartProducer, tmp_path: Path):
    path = tmp_path / "tweets.jsonl"
    data = {"id": "1", "text": "two pizzas for dinner", "created_at": "2012-01-01T00:00:00Z"}
    path.write_bytes(
        json.dumps({"data": data, "includes": {"users": [{"username": "ann"}]}}).encode()
        + b"\nbroken\n"
        + json.dumps({"data": {**data, "id": "2"}}).encode()
        + b"\n"
        + compose_delete("2", "replay", now())
    )
    producer = start_producer("--source", "replay", str(path), "--now", env=env)
    assert producer.wait_for_end() == 0
    assert producer.read_result() == (4, 0)
    shown = {"1": ("two pizzas for dinner", "ann", "food")}
    wait_until(lambda: read_page(env, "replay") == shown, 150)


def test_each_tweet_names_the_version_that_was_live(stack, env):
    root = Path(env["TWEETS_MODEL_ROOT"])
    first = str(read_current(root))
    produce_synthetic(env, seed=1)
    add_version(root, "v2")
    promote(root, "v2")
    produce_synthetic(env, seed=2)
    call = "classify?" + urllib.parse.urlencode({"text": "two pizzas, please"})
    assert ask(env, call)["model_version"] == "v2"
    stored = read_parquet(stack, env["TWEETS_TOPIC"], "tweets")
    versions = stored[stored["source"] == "synthetic"]["model_version"]
    assert versions.value_counts().to_dict() == dict.fromkeys((first, "v2"), PROMOTED_AFTER)


def produce_synthetic(env: dict[str, str], seed: int) -> None:
    """Produce tweets, and wait until they are stored."""
    command = ["producer", "--rate", "1000", "--count", str(PROMOTED_AFTER), "--seed", str(seed)]
    run_module(*command, env=env)
    wait_until(lambda: is_proved(env), 120)


@pytest.mark.timeout(400)
def test_all_of_it_is_stored_once_and_can_be_replayed_without_what_was_deleted(
    env, topic, start_producer: StartProducer
):
    wait_until(lambda: is_proved(env), 60)
    report = json.loads(run_module("jobs.verify", "--json", env=env))
    options = ["--source", "replay", env["TWEETS_DATA_ROOT"], "--speed", "max"]
    producer = start_producer(*options, env={**env, "TWEETS_TOPIC": topic})
    assert producer.wait_for_end() == 0
    assert producer.read_result() == (report["tweet_count"] - report["deletion_count"], 0)
