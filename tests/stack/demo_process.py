"""The demo as a process of its own, for tests, and all that it starts."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from commands import ROOT

COMMAND = [sys.executable, "-u", "-m", "stack", "demo"]


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
