"""The few measured numbers that a plan rests on, kept in scaling.json beside this file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

MEASURED = Path(__file__).with_name("scaling.json")
Results = dict[str, Any]
"""What the runs of bench.scaling have found, as they found it."""


@dataclass(frozen=True)
class Measured:
    """What was measured, when, and on what.

    `produced`, `streamed` and `stored` are the most tweets a second that were seen, by a producer,
    with the NameNode's objects counted, and from a backlog. Microseconds per tweet are those of a
    core.
    """

    day: str
    cores: int
    memory_bytes: int
    python: str
    backlog: int
    rounds: int
    produced: float
    streamed: float
    stored: float
    stored_by_one_core: float
    producer_us_per_tweet: float
    broker_us_per_tweet: float
    driver_ms_per_file: float
    listing_us_per_entry: float
    bytes_per_message: float
    bytes_per_tweet: float
    bytes_per_file: float


def load_measured(path: Path = MEASURED) -> Measured:
    """Load what the last measurement came to."""
    return Measured(**json.loads(path.read_text(encoding="utf-8")))


def save_measured(measured: Measured, path: Path) -> None:
    """Save it, with five digits that count."""
    rounded = {
        name: float(f"{value:.5g}") if isinstance(value, float) else value
        for name, value in asdict(measured).items()
    }
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def derive_measured(results: Results) -> Measured:
    """Derive the numbers from the runs: medians of those of a kind."""
    drains, filling, streams = results["drains"], results["filling"], results["triggers"]
    backlog, probe = results["backlog"], results["probe"]
    by_kind = {
        (partitions, workers): take_median(
            select_drains(results, workers, partitions), "steady_tweets_per_second"
        )
        for partitions, workers in list_kinds(results)
    }
    reading = median(drain["cpu_seconds"]["brokers"] for drain in drains)
    # A tweet's share of its file, over its share of what each file has once: then small files count
    # as much as large ones.
    runs = [*drains, *streams]
    bytes_per_file, bytes_per_tweet = linear_regression(
        [run["tweet_files"] / run["stored_tweets"] for run in runs],
        [run["tweet_bytes"] / run["stored_tweets"] for run in runs],
    )
    return Measured(
        **results["machine"],
        backlog=backlog,
        rounds=1 + max(drain["round"] for drain in drains),
        produced=backlog / filling["seconds"],
        streamed=max(stream["tweets_per_second"] for stream in streams),
        stored=max(by_kind.values()),
        stored_by_one_core=by_kind[1, 1],
        producer_us_per_tweet=filling["cpu_seconds"]["producer"] / backlog * 1e6,
        broker_us_per_tweet=(filling["cpu_seconds"]["brokers"] + reading) / backlog * 1e6,
        driver_ms_per_file=probe["seconds_per_file"] * 1e3,
        listing_us_per_entry=probe["listing_seconds_per_entry"] * 1e6,
        bytes_per_message=max(run["log"]["bytes_per_message"] for run in (filling, *streams)),
        bytes_per_tweet=bytes_per_tweet,
        bytes_per_file=bytes_per_file,
    )


def list_kinds(results: Results) -> list[tuple[int, int]]:
    """List the partitions and workers with which the backlog was stored."""
    return sorted({(drain["partitions"], drain["workers"]) for drain in results["drains"]})


def select_drains(results: Results, workers: int, partitions: int | None = None) -> list[Results]:
    """Select the runs with so many workers, on a topic of so many partitions or on any."""
    return [
        drain
        for drain in results["drains"]
        if drain["workers"] == workers and partitions in (None, drain["partitions"])
    ]


def take_median(runs: list[Results], name: str) -> float:
    """Take the median of what some runs found."""
    return float(median(run[name] for run in runs))
