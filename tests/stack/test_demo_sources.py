"""The demo of real tweets: from a stream, and from a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import wait_until
from demo_process import find_processes, running_demo
from stub_jetstream import StubJetstream

from models.tweet import format_time
from stack.errors import StackError
from stack.source import choose_source

MAKE_DEMO = ["make", "demo", "SECONDS=1", "SOURCE=jetstream", "OPTIONS=--lang en"]


@pytest.fixture
def jetstream() -> Iterator[StubJetstream]:
    with StubJetstream() as server:
        yield server


@pytest.mark.timeout(300)
def test_it_runs_everything_from_a_stream(demo_env: dict[str, str], jetstream: StubJetstream):
    demo_env |= {
        "TWEETS_JETSTREAM_URLS": jetstream.url,
        "TWEETS_BLUESKY_API_URL": "http://127.0.0.1:1",
        # As somebody has set who uses a cluster otherwise.
        "TWEETS_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "TWEETS_KAFKA_USERNAME": "tweets",
        "TWEETS_KAFKA_PASSWORD": "secret",
        "TWEETS_KERBEROS_PRINCIPAL": "tweets@EXAMPLE.COM",
        "TWEETS_KERBEROS_KEYTAB": "/nowhere/tweets.keytab",
        "TWEETS_EVENT_LOG": "hdfs://elsewhere/logs",
    }
    with running_demo(demo_env, MAKE_DEMO) as demo:
        wait_until(lambda: jetstream.followers == 1 or demo.poll() is not None, 120)
        for _ in range(3):
            post = jetstream.post("two pizzas", createdAt=format_time(datetime.now(UTC)))
        jetstream.post("dos pizzas", createdAt=format_time(datetime.now(UTC)), langs=["es"])
        jetstream.delete(post)
        said, _ = demo.communicate(timeout=200)
    assert demo.returncode == 0, said
    assert "4 messages; each is stored exactly once: 3 tweets, 0 rejected, 1 deletion" in said
    assert find_processes(demo_env) == []


@pytest.mark.timeout(300)
def test_it_runs_everything_from_a_file(demo_env: dict[str, str], tmp_path: Path):
    path = tmp_path / "tweets.jsonl"
    first = datetime(2012, 1, 1, tzinfo=UTC)
    moments = [first + timedelta(seconds=number) for number in range(5)]
    data = [{"id": f"{m:%S}", "text": "rain", "created_at": m.isoformat()} for m in moments]
    path.write_text("\n".join(json.dumps({"data": fields}) for fields in data))
    with running_demo(demo_env, ["make", "demo", "SECONDS=1", f"SOURCE={path}"]) as demo:
        said, _ = demo.communicate(timeout=200)
    assert demo.returncode == 0, said
    assert "The producer has ended; the page stays." in said
    assert "5 messages; each is stored exactly once: 5 tweets, 0 rejected" in said


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("synthetic", ["--source", "synthetic", "--rate", "20"]),
        ("x", ["--source", "x", "--max-cost-per-day", "1"]),
        ("jetstream", ["--source", "jetstream"]),
        ("hdfs://host/tweets", ["--source", "replay", "hdfs://host/tweets", "--now"]),
        ("file:/data/tweets", ["--source", "replay", "file:/data/tweets", "--now"]),
        (__file__, ["--source", "replay", __file__, "--now"]),
    ],
)
def test_a_source_or_a_file_becomes_options_of_the_producer(source: str, options: list[str]):
    assert choose_source(source) == options


@pytest.mark.parametrize("source", ["", "fax", "missing.jsonl"])
def test_what_is_neither_is_a_sentence(source: str):
    with pytest.raises(StackError, match=f"^The source '{source}' is no file: name one, or "):
        choose_source(source)
