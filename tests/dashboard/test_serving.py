"""The command `python -m dashboard`, as a process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from commands import find_free_port
from stored_data import DataRoot, build_row

ROOT = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    return find_free_port()


@contextmanager
def run_dashboard(tmp_path: Path, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """Run the command with settings, away from any .env, and end it if it still runs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("TWEETS_")}
    env |= {f"TWEETS_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard"],
        cwd=tmp_path,
        env=env | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(
    tmp_path: Path, data_root: DataRoot, port: int, number: signal.Signals
) -> None:
    data_root.store_both(build_row("a"))
    settings = {"data_root": f"file:{data_root.path}", "dashboard_port": port}
    with run_dashboard(tmp_path, **settings) as process:
        assert f"http://127.0.0.1:{port}/" in read_line(process)
        health: dict[str, dict[str, dict[str, str]]] = {}
        while health.get("components", {}).get("storage", {}).get("status") != "ok":
            health = requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5).json()
        tweets = requests.get(f"http://127.0.0.1:{port}/api/tweets", timeout=5).json()
        assert [tweet["id"] for tweet in tweets["tweets"]] == ["a"]
        process.send_signal(number)
        assert process.wait(timeout=5) == 0


def test_it_ends_in_time_while_the_storage_does_not_answer(tmp_path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with run_dashboard(tmp_path, webhdfs_url=url, dashboard_port=port) as process:
            read_line(process)
            answer = requests.get(f"http://127.0.0.1:{port}/api/health", timeout=1)
            assert answer.json()["status"] == "down"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0


def test_a_taken_port_gets_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run_dashboard(tmp_path, dashboard_port=port) as process:
            output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == ""
    assert f"127.0.0.1:{port}" in errors
    assert "TWEETS_DASHBOARD_PORT" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "value"), [("dashboard_port", "http"), ("data_root", "s3a://bucket/tweets")]
)
def test_an_unusable_setting_gets_a_sentence(tmp_path: Path, setting: str, value: str) -> None:
    with run_dashboard(tmp_path, **{setting: value}) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"TWEETS_{setting.upper()}" in errors
    assert value in errors
    assert errors.count("\n") == 1


def test_a_principal_without_keys_gets_a_sentence(tmp_path: Path) -> None:
    with run_dashboard(tmp_path, kerberos_principal="tweets@EXAMPLE.ORG") as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "TWEETS_KERBEROS_KEYTAB" in errors
    assert errors.count("\n") == 1
