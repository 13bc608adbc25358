"""A run of the tests leaves nothing running, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from commands import ROOT, wait_until

FORGETFUL = """
import subprocess, sys, time
from pathlib import Path

def test_forgets_a_daemon():
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    daemon = subprocess.Popen(sleep, start_new_session=True)
    Path("{pid_file}").write_text(str(daemon.pid))
    {rest}
"""


@pytest.fixture
def start_run(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """Start a run of one test, which starts a daemon and then does the rest."""
    started = []

    def start(rest: str) -> tuple[subprocess.Popen[str], psutil.Process]:
        pid_file = tmp_path / "pid"
        (tmp_path / "test_it.py").write_text(FORGETFUL.format(pid_file=pid_file, rest=rest))
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "run_layout", "test_it.py"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "TMPDIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(run)
        wait_until(lambda: pid_file.exists() and bool(pid_file.read_text()), 30)
        return run, psutil.Process(int(pid_file.read_text()))

    yield start
    for run in started:
        run.kill()
        run.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_it_has_started_ends_with_it(start_run, number):
    run, daemon = start_run("time.sleep(600)")
    run.send_signal(number)
    run.wait(30)
    daemon.wait(30)


def test_a_test_that_leaves_something_running_fails_the_run(start_run):
    run, daemon = start_run("")
    said, _ = run.communicate(timeout=30)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert f"left this running: {sys.executable} -c import time" in said
    daemon.wait(30)
