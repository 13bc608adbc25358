"""The demo as a person runs it: everything starts, the page fills, everything ends."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from commands import ROOT, find_free_port

from settings import Settings
from stack.ports import is_free, plan_ports

COMMAND = [sys.executable, "-u", "-m", "stack", "demo"]


@pytest.fixture
def env(tmp_path, model_root) -> dict[str, str]:
    dashboard_port = find_free_port()
    for base in random.sample(range(15_000, 28_000, 20), 100):
        settings = Settings(
            bootstrap_servers=f"127.0.0.1:{base}",
            data_root=f"hdfs://127.0.0.1:{base + 1}/tweets",
            webhdfs_url=f"http://127.0.0.1:{base + 2}",
        )
        if all(is_free(port) for port, _ in plan_ports(settings, 1).name_all()):
            break
    return {
        **os.environ,
        "TWEETS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "TWEETS_DATA_ROOT": settings.data_root,
        "TWEETS_WEBHDFS_URL": settings.webhdfs_url,
        "TWEETS_DASHBOARD_PORT": str(dashboard_port),
        "TWEETS_LOCAL_DIR": str(tmp_path / "data"),
        "TWEETS_MODEL_ROOT": str(model_root),
    }


@contextmanager
def running_demo(
    env: dict[str, str], command: list[str] = COMMAND
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for leftover in find_processes(env):
            leftover.kill()


def find_processes(env: dict[str, str]) -> list[psutil.Process]:
    """Find what a demo has started: all that inherited its folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TWEETS_LOCAL_DIR") == env["TWEETS_LOCAL_DIR"]:
                found.append(process)
        except psutil.Error:
            continue
    return found


def read_until(process: subprocess.Popen[str], text: str) -> str:
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} never came:\n{said}")


@pytest.mark.timeout(400)
def test_it_shows_stops_in_order_and_goes_on_with_a_proof(env):
    page = f"http://127.0.0.1:{env['TWEETS_DASHBOARD_PORT']}/"
    with running_demo(env) as demo:
        said = read_until(demo, "The first tweet is on the page")
        assert page in said
        with urllib.request.urlopen(page, timeout=10) as answer:
            assert answer.status == 200

        second = run_refused(env)
        assert "A demo is already running" in second

        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30)
        assert demo.returncode == 0
        parts = re.findall(r"^Stopping (.*) …$", rest, re.MULTILINE)
        assert parts == ["the producer", "the job", "the dashboard", "Kafka", "HDFS"]
        assert "was killed" not in rest
        assert find_processes(env) == []

    with running_demo(env, ["make", "demo", "SECONDS=5"]) as demo:
        said, _ = demo.communicate(timeout=200)
    assert demo.returncode == 0, said
    produced = int(re.search(r"^produced +([\d,]+)$", said, re.MULTILINE)[1].replace(",", ""))
    stored = int(re.search(r"^stored +([\d,]+)$", said, re.MULTILINE)[1].replace(",", ""))
    assert 0 < produced <= stored
    assert "each is stored exactly once" in said
    assert find_processes(env) == []


@pytest.mark.timeout(120)
def test_it_stops_everything_although_nobody_reads_it_any_more(env):
    with running_demo(env) as demo:
        read_until(demo, "Stop all of it with Ctrl-C")
        demo.stdout.close()
        demo.send_signal(signal.SIGHUP)
        demo.wait(30)
        assert find_processes(env) == []


def run_refused(env: dict[str, str], *arguments: str) -> str:
    """Run a demo that must refuse to start, and return its sentence."""
    result = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_taken_port_of_the_dashboard_is_a_sentence(env):
    with socket.create_server(("127.0.0.1", int(env["TWEETS_DASHBOARD_PORT"]))):
        sentence = run_refused(env)
    assert f"Port {env['TWEETS_DASHBOARD_PORT']} of the dashboard is taken" in sentence
    assert not Path(env["TWEETS_LOCAL_DIR"], "stack").exists()


@pytest.mark.parametrize("source", ["nowhere", "missing.jsonl"])
def test_a_source_that_is_not_there_is_a_sentence(source, env):
    sentence = run_refused(env, "--source", source)
    assert sentence == (
        f"The source {source!r} is no file: name one, or synthetic, jetstream, x.\n"
    )
    assert not Path(env["TWEETS_LOCAL_DIR"], "stack").exists()


@pytest.mark.timeout(120)
def test_a_source_without_its_token_stops_the_rest_with_a_sentence(env):
    with running_demo(env, [*COMMAND, "--source", "x"]) as demo:
        said, _ = demo.communicate(timeout=90)
    assert demo.returncode == 1
    assert "The producer ended with exit code 1; all was stopped." in said
    assert "TWEETS_X_BEARER_TOKEN_FILE" in said
    assert find_processes(env) == []
