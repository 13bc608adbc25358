"""Running our commands in tests, and waiting for what they bring about."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from stack.ports import list_free_ports

ROOT = Path(__file__).parent.parent
LONGEST_SECONDS = 600
# One list for all: the system may give a port twice before the first daemon has it.
_FREE_PORTS = list_free_ports()


def run_module(*arguments: str, env: dict[str, str]) -> str:
    """Run `python -m …` in the project and return what it printed; fail with it otherwise."""
    result = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )
    assert result.returncode == 0, f"{arguments}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def find_free_port() -> int:
    """Find a port that nothing listens on, another one each time."""
    return next(_FREE_PORTS)


def wait_until(condition: Callable[[], bool], timeout_seconds: float) -> None:
    """Wait for a condition; fail when it does not come true in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true after {timeout_seconds} s"
        threading.Event().wait(0.1)
