"""Finds and ends what a test run has left running, however the run itself ends.

As a program, `leftovers.py FOLDER` waits until its standard input closes, which happens even when
the run that holds the other end is killed; then it ends what is left and names it.
"""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "TWEETS_TEST_FOLDER"
"""The variable of the environment by which all that a run starts is known: the run's folder."""

_PATIENCE_SECONDS = 10


class Watch:
    """Ends what the run in a folder leaves behind: when it is told to, or when the run dies."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # What interrupts the run must not end the watch over it.
            start_new_session=True,
        )

    def end(self) -> list[str]:
        """End what is left, and return the commands of it."""
        said, _ = self._process.communicate()
        return said.splitlines()


def find_left(folder: Path) -> set[psutil.Process]:
    """Find what belongs to the run in a folder: by the mark, or as a daemon that logs into it.

    Daemons may get an environment of their own, and what they start gets theirs.
    """
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_marked = process.environ().get(MARK) == str(folder)
            if is_marked or any(_logs_into(folder, part) for part in process.cmdline()):
                found |= {process, *process.children(recursive=True)}
    return found - {psutil.Process()}


def _logs_into(folder: Path, argument: str) -> bool:
    option, _, log = argument.partition("=")
    return option == "-Dstack.log" and Path(log).is_relative_to(folder)


def end_left(folder: Path) -> set[str]:
    """End what is left of a run, and what that starts meanwhile; return its commands."""
    ended = set()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := list(find_left(folder))) and time.monotonic() < deadline:
        for process in left:
            with suppress(psutil.Error):
                ended.add(" ".join(process.cmdline())[:200])
                process.kill()
        psutil.wait_procs(left, timeout=1)
    return ended


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    for command in sorted(end_left(Path(sys.argv[1]))):
        print(command)
