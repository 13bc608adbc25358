"""The demo as a person runs it: everything starts, the page fills, everything ends."""

import json
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import ROOT, wait_until
from demo_process import COMMAND, find_processes, read_until, running_demo
from stub_jetstream import StubJetstream

from models.tweet import format_time

# As somebody has set who uses a cluster otherwise.
OF_A_CLUSTER = {
    "TWEETS_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "TWEETS_KAFKA_USERNAME": "tweets",
    "TWEETS_KAFKA_PASSWORD": "secret",
    "TWEETS_KERBEROS_PRINCIPAL": "tweets@EXAMPLE.COM",
    "TWEETS_KERBEROS_KEYTAB": "/nowhere/tweets.keytab",
    "TWEETS_EVENT_LOG": "hdfs://elsewhere/logs",
}
PARTS = ["the producer", "the job", "the dashboard", "Kafka", "HDFS"]


@pytest.fixture(scope="module")
def kept_env(build_demo_env, tmp_path_factory) -> dict[str, str]:
    """The environment of demos that go on where the one before has ended."""
    return build_demo_env(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def demo_env(build_demo_env, tmp_path: Path) -> dict[str, str]:
    return build_demo_env(tmp_path)


@pytest.fixture
def jetstream() -> Iterator[StubJetstream]:
    with StubJetstream() as server:
        yield server


@pytest.mark.timeout(600)
def test_it_shows_tweets_stops_in_order_and_goes_on_with_a_proof_of_all(kept_env, jetstream):
    page = f"http://127.0.0.1:{kept_env['TWEETS_DASHBOARD_PORT']}/"
    with running_demo(kept_env) as demo:
        said = read_until(demo, "The first tweet is on the page")
        assert page in said
        with urllib.request.urlopen(page, timeout=10) as answer:
            assert answer.status == 200
        assert "A demo is already running" in run_refused(kept_env)

        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30)
        assert demo.returncode == 0
        assert list_stopped(rest) == PARTS
        assert "was killed" not in rest
        assert find_processes(kept_env) == []
    before = read_count(rest, "produced")
    assert before > 0

    env = kept_env | {"TWEETS_JETSTREAM_URLS": jetstream.url} | OF_A_CLUSTER
    make_demo = ["make", "demo", "SECONDS=1", "SOURCE=jetstream", "OPTIONS=--lang en"]
    with running_demo(env, make_demo) as demo:
        wait_until(lambda: jetstream.followers == 1 or demo.poll() is not None, 120)
        for _ in range(3):
            post = jetstream.post("two pizzas", createdAt=format_time(datetime.now(UTC)))
        jetstream.post("dos pizzas", createdAt=format_time(datetime.now(UTC)), langs=["es"])
        jetstream.delete(post)
        said, _ = demo.communicate(timeout=200)
    assert demo.returncode == 0, said
    assert read_count(said, "produced") == 4
    proof = f"{before + 4} messages; each is stored exactly once: {before + 3} tweets"
    assert f"{proof}, 0 rejected, 1 deletion" in said
    assert list_stopped(said) == PARTS
    assert find_processes(env) == []


def test_nothing_is_a_source_for_make_too():
    dry_run = ["make", "--dry-run", "demo"]
    said = subprocess.run(dry_run, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert '--source "synthetic"' in said


@pytest.mark.timeout(120)
def test_a_file_ends_and_the_rest_stops_although_nobody_reads_it_any_more(kept_env, tmp_path):
    path = tmp_path / "tweets.jsonl"
    data = {"id": "1", "text": "rain", "created_at": "2012-01-01T00:00:00Z"}
    path.write_text(json.dumps({"data": data}))
    with running_demo(kept_env, [*COMMAND, "--source", str(path)]) as demo:
        read_until(demo, "The producer has ended; the page stays.")
        demo.stdout.close()
        demo.send_signal(signal.SIGHUP)
        demo.wait(30)
        assert find_processes(kept_env) == []


@pytest.mark.timeout(120)
def test_a_source_without_its_token_stops_the_rest_with_a_sentence(kept_env):
    with running_demo(kept_env, [*COMMAND, "--source", "x"]) as demo:
        said, _ = demo.communicate(timeout=90)
    assert demo.returncode == 1
    assert "The producer ended with exit code 1; all was stopped." in said
    assert "TWEETS_X_BEARER_TOKEN_FILE" in said
    assert find_processes(kept_env) == []


def read_count(said: str, name: str) -> int:
    """Read a number of the summary."""
    return int(re.search(rf"^{name} +([\d,]+)$", said, re.MULTILINE)[1].replace(",", ""))


def list_stopped(said: str) -> list[str]:
    return re.findall(r"^Stopping (.*) …$", said, re.MULTILINE)


def run_refused(demo_env: dict[str, str], *arguments: str) -> str:
    """Run a demo that must refuse to start, and return its sentence."""
    result = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=demo_env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_taken_port_of_the_dashboard_is_a_sentence(demo_env):
    with socket.create_server(("127.0.0.1", int(demo_env["TWEETS_DASHBOARD_PORT"]))):
        sentence = run_refused(demo_env)
    assert f"Port {demo_env['TWEETS_DASHBOARD_PORT']} of the dashboard is taken" in sentence
    assert not Path(demo_env["TWEETS_LOCAL_DIR"], "stack").exists()


@pytest.mark.parametrize("source", ["nowhere", "missing.jsonl"])
def test_a_source_that_is_not_there_is_a_sentence(source, demo_env):
    sentence = run_refused(demo_env, "--source", source)
    assert sentence == (
        f"The source {source!r} is no file: name one, or synthetic, jetstream, x.\n"
    )
    assert not Path(demo_env["TWEETS_LOCAL_DIR"], "stack").exists()
