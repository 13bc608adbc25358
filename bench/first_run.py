"""Measure what a newcomer waits for: a fresh clone, an empty home, `make setup`, `make demo`.

    .venv/bin/python -m bench.first_run [--seconds 90] [--tests]

Prints a Markdown table. Needs the network, as a first run does, and the default ports.
"""

import argparse
import os
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

from bench.usage import list_tree

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Run every step in a fresh clone and print how long it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_run", description=__doc__)
    parser.add_argument("--seconds", type=int, default=90, help="length of each demo")
    parser.add_argument("--tests", action="store_true", help="run `make test` as well")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        clone, home = Path(folder, "clone"), Path(folder, "home")
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        setup_seconds, _, _ = run_measured(clone, home, "setup")
        rows.append(("`make setup`", f"{setup_seconds:.0f} s"))
        for name in ("first", "second"):
            _, said, peak_bytes = run_measured(clone, home, "demo", f"SECONDS={arguments.seconds}")
            first_tweet = re.findall(r"first tweet on the page after (\d+) s", said)
            rows.append(
                (f"{name} `make demo` to the first tweet on the page", f"{first_tweet[-1]} s")
            )
            rows.append((f"{name} `make demo`, memory at its peak", f"{peak_bytes / 1e9:.1f} GB"))
        if arguments.tests:
            test_seconds, _, _ = run_measured(clone, home, "test")
            rows.append(("`make test`", f"{test_seconds / 60:.1f} min"))
    print("| step | measured |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows), sep="\n")


def run_measured(clone: Path, home: Path, *target: str) -> tuple[float, str, int]:
    """Run a target of the Makefile; return seconds, output, and the peak of resident bytes."""
    environment = {**os.environ, "HOME": str(home)}
    for name in ("JAVA_HOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    started = time.monotonic()
    peak_bytes = 0
    lines: list[str] = []
    with subprocess.Popen(
        ["make", *target],
        cwd=clone,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        reader.start()
        while process.poll() is None:
            peak_bytes = max(peak_bytes, measure_tree(process.pid))
            threading.Event().wait(0.5)
        reader.join()
    said = "".join(lines)
    if process.returncode:
        raise SystemExit(f"make {' '.join(target)} failed:\n{said[-3000:]}")
    return time.monotonic() - started, said, peak_bytes


def measure_tree(pid: int) -> int:
    """Sum the resident bytes of a process and all that it started."""
    total = 0
    for process in list_tree(pid):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


if __name__ == "__main__":
    main()
