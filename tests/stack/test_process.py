import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from stack.errors import StackError
from stack.process import (
    Daemon,
    ServiceProcess,
    find_process,
    log_option,
    start_daemon,
    stop_services,
    wait_ready,
)

SERVES = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(60)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVES

STARTS_ANOTHER = (
    "import subprocess, sys; "
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[3], *sys.argv[1:]]); child.wait()"
)

Started = dict[Daemon, ServiceProcess]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "daemon.log"


@pytest.fixture
def started() -> Iterator[Started]:
    services: Started = {}
    yield services
    for service in services.values():
        if process := find_process(service):
            process.kill()
            process.wait()


def make_daemon(log: Path, program: str, *arguments: str) -> Daemon:
    marker = log.with_suffix(".marker")
    command = [sys.executable, "-c", program, str(marker), log_option(log), *arguments]
    return Daemon(log.stem, command, 1, log, marker.exists)


def test_a_daemon_has_a_session_of_its_own(log: Path, started: Started) -> None:
    daemon = make_daemon(log, SERVES)
    started[daemon] = start_daemon(daemon)
    wait_ready(started, 30, print)
    assert os.getsid(started[daemon].pid) == started[daemon].pid


def test_a_daemon_that_ends_while_starting_is_reported_with_the_end_of_its_log(
    log: Path, started: Started
) -> None:
    daemon = make_daemon(log, "raise SystemExit('no room for me')")
    started[daemon] = start_daemon(daemon)
    with pytest.raises(StackError, match=r"daemon ended while starting\.\n(.*\n)*no room for me"):
        wait_ready(started, 30, print)


def test_a_daemon_that_never_serves_is_reported_after_the_deadline(
    log: Path, started: Started
) -> None:
    daemon = make_daemon(log, "import time; time.sleep(60)")
    started[daemon] = start_daemon(daemon)
    with pytest.raises(StackError, match="not ready after 0 s"):
        wait_ready(started, 0, print)


def test_the_log_of_the_previous_run_is_kept(log: Path, started: Started) -> None:
    log.write_text("the run before")
    daemon = make_daemon(log, SERVES)
    started[daemon] = start_daemon(daemon)
    assert log.with_suffix(".previous.log").read_text() == "the run before"


def test_all_are_asked_to_end_and_those_that_do_not_are_killed(
    log: Path, tmp_path: Path, started: Started
) -> None:
    obedient = make_daemon(log, SERVES)
    stubborn = make_daemon(tmp_path / "stubborn.log", IGNORES_SIGTERM)
    for daemon in (obedient, stubborn):
        started[daemon] = start_daemon(daemon)
    wait_ready(started, 30, print)
    services = list(started.values())
    assert stop_services(services, grace_seconds=3) == ["stubborn"]
    assert [find_process(service) for service in services] == [None, None]


def test_what_a_daemon_started_ends_with_it(log: Path, started: Started) -> None:
    daemon = make_daemon(log, STARTS_ANOTHER, IGNORES_SIGTERM)
    started[daemon] = start_daemon(daemon)
    wait_ready(started, 30, print)
    [child] = psutil.Process(started[daemon].pid).children()
    assert stop_services([started[daemon]], grace_seconds=3) == []
    assert not child.is_running()


def test_a_daemon_with_an_environment_of_its_own_has_nothing_of_ours(
    log: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "ours")
    daemon = replace(make_daemon(log, SERVES), environment={"ONLY": "this"})
    started[daemon] = start_daemon(daemon)
    wait_ready(started, 30, print)
    environment = psutil.Process(started[daemon].pid).environ()
    assert environment["ONLY"] == "this"
    assert "SECRET" not in environment


def test_the_pid_of_another_process_is_not_ours(log: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        service = ServiceProcess("kafka-1", stranger.pid, 1, log)
        assert find_process(service) is None
        stop_services([service], grace_seconds=1)
        assert psutil.Process(stranger.pid).is_running()
        stranger.communicate(b"\n")
    assert stranger.returncode == 0
