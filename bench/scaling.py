"""Measure how it scales on this machine: partitions, workers, triggers, what each part costs.

    .venv/bin/python -m bench.scaling [--tweets 420000] [--rounds 2]

Starts three brokers, an HDFS with three DataNodes and a Spark cluster of its own, and wants the
machine for itself, for about 30 minutes. Keeps the runs in .data/scaling-runs.json, prints the
tables of docs/scaling.md, and writes what bench.capacity rests on: bench/scaling.json.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.cluster import Cluster, expect_success, produce, running_cluster
from bench.drains import drain
from bench.measured import MEASURED, Results, derive_measured, save_measured
from bench.scaling_tables import write_tables
from bench.topic_log import describe_log
from bench.triggers import run_trigger
from bench.usage import UsageMeter, list_tree
from settings import load_settings
from stack.model import ensure_model
from stack.state import locate_folders
from tests.commands import run_module

PARTITIONS = (1, 2, 4, 8)
WORKERS = (1, 2)
TRIGGERS = ((2.0, 40), (10.0, 9), (60.0, 5))
"""Seconds from batch to batch, and how many batches to watch."""
STREAM_RATE = 200
FILL_RATE = 5_000
# Enough that Java has compiled its code before the second half of them.
BATCHES = 7

_begun_at = time.monotonic()


def main() -> None:
    """Measure everything, and write it down."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.scaling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--tweets",
        type=int,
        default=420_000,
        help="of the backlog; from fewer than 350,000, batches are small ones of one task",
    )
    parser.add_argument("--rounds", type=int, default=2, help="runs of each cluster and topic")
    parser.add_argument("--output", type=Path, default=MEASURED, help="where the JSON goes")
    options = parser.parse_args()
    # As Ctrl-C does: what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    settings = load_settings()
    ensure_model(settings, threading.Event(), say)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(Path(folder), max(WORKERS)) as cluster,
    ):
        say("three brokers, HDFS and two workers run")
        results = measure(cluster, options.tweets, options.rounds)
    write_down(results, settings.local_dir / "scaling-runs.json", options.output)


def measure(cluster: Cluster, tweets: int, rounds: int) -> Results:
    """Measure everything on a running cluster."""
    return {
        "machine": describe_machine(),
        "backlog": tweets,
        "triggers": measure_triggers(cluster),
        "probe": measure_probe(cluster),
        "filling": fill_topics(cluster, tweets),
        "drains": measure_drains(cluster, tweets, rounds),
    }


def write_down(results: Results, runs: Path, output: Path) -> None:
    """Keep the runs themselves, so that no error behind them costs them, then what they come to."""
    runs.parent.mkdir(parents=True, exist_ok=True)
    runs.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    say(f"{runs} holds all runs")
    print(f"\n{write_tables(results)}\n")
    save_measured(derive_measured(results), output)
    say(f"{output} is written")


def fill_topics(cluster: Cluster, tweets: int) -> Results:
    """Produce tweets into a first topic, measured, and copy them to one of each partition count."""
    for partitions in PARTITIONS:
        cluster.create_topic(name_topic(partitions), partitions)
    first, *others = map(name_topic, PARTITIONS)
    log = cluster.folder / "producer.log"
    started = time.monotonic()
    with (
        cluster.running(*produce(FILL_RATE, tweets), log=log, TWEETS_TOPIC=first) as producer,
        UsageMeter(
            lambda: [
                *cluster.find_processes(),
                *(("producer", process) for process in list_tree(producer.pid)),
            ]
        ) as usage,
    ):
        expect_success(producer, log, 60 + tweets / 1_000)
    seconds = time.monotonic() - started
    run_module("bench.copy_messages", first, *others, env=cluster.env)
    found = describe_log(locate_folders(cluster.folder).kafka, first)
    say(
        f"{tweets:,} tweets produced in {seconds:.0f} s, {found['bytes_per_message']:.0f} B each "
        f"with {found['messages_per_record_batch']:.0f} in a record batch, and copied"
    )
    return {
        "seconds": seconds,
        "log": found,
        "cpu_seconds": usage.read_cpu_seconds(),
    }


def measure_drains(cluster: Cluster, tweets: int, rounds: int) -> list[Results]:
    """Drain each topic with each number of workers, there and back again, round by round."""
    kinds = [(partitions, workers) for partitions in PARTITIONS for workers in WORKERS]
    drains = []
    for number in range(rounds):
        for partitions, workers in kinds if number % 2 == 0 else kinds[::-1]:
            batch_limit = tweets // BATCHES
            found = drain(cluster, name_topic(partitions), partitions, workers, batch_limit)
            drains.append({"round": number, **found})
            say(
                f"round {number + 1} of {rounds}: {partitions} partitions, {workers} worker(s): "
                f"{found['steady_tweets_per_second']:,.0f} tweets/s steady, "
                f"{found['whole_tweets_per_second']:,.0f} in all"
            )
    return drains


def measure_triggers(cluster: Cluster) -> list[Results]:
    """Store a stream with each trigger."""
    triggers = []
    for seconds, batches in TRIGGERS:
        found = run_trigger(cluster, max(WORKERS), seconds, batches, STREAM_RATE)
        triggers.append(found)
        say(f"a batch every {seconds:g} s: {found['batch_seconds']:.2f} s for each")
    return triggers


def measure_probe(cluster: Cluster) -> Results:
    """Measure the driver's steps over many files."""
    root = f"{cluster.hdfs_url}/probe"
    found: Results = json.loads(run_module("bench.probe", root, env=cluster.env))
    say(f"{found['seconds_per_file'] * 1000:.1f} ms for each file of a batch")
    return found


def describe_machine() -> Results:
    """Describe when and on what it was measured."""
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "python": platform.python_version(),
    }


def name_topic(partitions: int) -> str:
    """Name the topic with so many partitions."""
    return f"backlog-{partitions}"


def say(text: str) -> None:
    """Print how far it is, with minutes and seconds since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _begun_at), 60)
    print(f"[{minutes:2}:{seconds:02}] {text}", flush=True)


if __name__ == "__main__":
    main()
