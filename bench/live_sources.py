"""Measure how fast posts come from a live source through the spool into a real Kafka.

    .venv/bin/python -m bench.live_sources [--posts 60000] [--rounds 4]

Starts a Kafka and an HDFS of its own, and servers that send all posts at once; the sources take
turns. Prints a Markdown table of medians.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from stack.state import lead_to_stack, read_state

ROOT = Path(__file__).parent.parent
# Tests lie side by side and import one another so.
sys.path.insert(0, str(ROOT / "tests"))

from commands import run_module, wait_until  # noqa: E402
from stub_jetstream import StubJetstream  # noqa: E402
from stub_x import StubX  # noqa: E402

SERVERS = {"jetstream": StubJetstream, "x": StubX}
TEXT = "a long walk home in the rain, and two pizzas for dinner"


class Run(NamedTuple):
    """What one run took: posts a second, CPU in µs a post, and by how many MB memory grew."""

    rate: float
    cpu: float
    growth: float


def main() -> None:
    """Let the sources take turns, and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m bench.live_sources", description=__doc__)
    parser.add_argument("--posts", type=int, default=60_000, help="posts of one run")
    parser.add_argument("--rounds", type=int, default=4, help="runs of each source")
    arguments = parser.parse_args()
    runs: dict[str, list[Run]] = {source: [] for source in SERVERS}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "TWEETS_LOCAL_DIR": folder}
        run_module("stack", "up", "--free-ports", env=env)
        try:
            state = read_state(Path(folder))
            assert state
            env |= lead_to_stack(state, "/tweets") | {"TWEETS_TOPIC": state.topic}
            for number in range(arguments.rounds):
                for source in SERVERS:
                    local = {**env, "TWEETS_LOCAL_DIR": f"{folder}/{source}-{number}"}
                    runs[source].append(measure_run(source, arguments.posts, local))
        finally:
            run_module("stack", "down", env=env)
    print(
        "| source | posts a second | CPU a post | memory grew by |", "|---|---|---|---|", sep="\n"
    )
    for source, measured in runs.items():
        rate, cpu, growth = map(statistics.median, zip(*measured, strict=True))
        print(f"| `{source}` | {rate:,.0f} | {cpu:.0f} µs | {growth:.0f} MB |")


def measure_run(source: str, posts: int, env: dict[str, str]) -> Run:
    """Let a producer deliver so many posts that a server sends at once."""
    with SERVERS[source]() as server:
        env |= {
            "TWEETS_JETSTREAM_URLS": server.url,
            "TWEETS_BLUESKY_API_URL": "http://127.0.0.1:1",
            "TWEETS_X_API_URL": server.url,
            "TWEETS_X_BEARER_TOKEN": "token",
        }
        command = [sys.executable, "-m", "producer", "--source", source, "--count", str(posts)]
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as producer:
            wait_until(lambda: is_read(server), 60)
            process = psutil.Process(producer.pid)
            cpu_before, memory_before = read_usage(process)
            started = time.monotonic()
            for number in range(posts):
                server.post(f"{TEXT} {number}")
            cpu, memory = cpu_before, memory_before
            while producer.poll() is None:
                cpu_now, memory_now = read_usage(process)
                cpu, memory = max(cpu, cpu_now), max(memory, memory_now)
                time.sleep(0.05)
            seconds = time.monotonic() - started
        if producer.returncode:
            raise SystemExit(f"The producer ended with exit code {producer.returncode}.")
    return Run(posts / seconds, (cpu - cpu_before) / posts * 1e6, (memory - memory_before) / 1e6)


def is_read(server: StubJetstream | StubX) -> bool:
    """Say whether the producer is connected."""
    is_jetstream = isinstance(server, StubJetstream)
    return bool(server.followers if is_jetstream else server.open_connections)


def read_usage(process: psutil.Process) -> tuple[float, float]:
    """Read the seconds of CPU so far, and the resident bytes; of one that has ended, none."""
    try:
        times = process.cpu_times()
        return times.user + times.system, float(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0.0, 0.0


if __name__ == "__main__":
    main()
