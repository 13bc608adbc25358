"""The demo as a person runs it: everything starts, the page fills, everything ends."""

import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from commands import ROOT
from demo_process import COMMAND, find_processes, read_until, running_demo


@pytest.mark.timeout(400)
def test_it_shows_stops_in_order_and_goes_on_with_a_proof(demo_env):
    page = f"http://127.0.0.1:{demo_env['TWEETS_DASHBOARD_PORT']}/"
    with running_demo(demo_env) as demo:
        said = read_until(demo, "The first tweet is on the page")
        assert page in said
        with urllib.request.urlopen(page, timeout=10) as answer:
            assert answer.status == 200

        second = run_refused(demo_env)
        assert "A demo is already running" in second

        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30)
        assert demo.returncode == 0
        parts = re.findall(r"^Stopping (.*) …$", rest, re.MULTILINE)
        assert parts == ["the producer", "the job", "the dashboard", "Kafka", "HDFS"]
        assert "was killed" not in rest
        assert find_processes(demo_env) == []

    with running_demo(demo_env, ["make", "demo", "SECONDS=5"]) as demo:
        said, _ = demo.communicate(timeout=200)
    assert demo.returncode == 0, said
    produced = int(re.search(r"^produced +([\d,]+)$", said, re.MULTILINE)[1].replace(",", ""))
    stored = int(re.search(r"^stored +([\d,]+)$", said, re.MULTILINE)[1].replace(",", ""))
    assert 0 < produced <= stored
    assert "each is stored exactly once" in said
    assert find_processes(demo_env) == []


@pytest.mark.timeout(120)
def test_it_stops_everything_although_nobody_reads_it_any_more(demo_env):
    with running_demo(demo_env) as demo:
        read_until(demo, "Stop all of it with Ctrl-C")
        demo.stdout.close()
        demo.send_signal(signal.SIGHUP)
        demo.wait(30)
        assert find_processes(demo_env) == []


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


@pytest.mark.timeout(120)
def test_a_source_without_its_token_stops_the_rest_with_a_sentence(demo_env):
    with running_demo(demo_env, [*COMMAND, "--source", "x"]) as demo:
        said, _ = demo.communicate(timeout=90)
    assert demo.returncode == 1
    assert "The producer ended with exit code 1; all was stopped." in said
    assert "TWEETS_X_BEARER_TOKEN_FILE" in said
    assert find_processes(demo_env) == []
