"""Results of a measurement that never was, with round numbers, and what follows from them."""

from typing import Any

import pytest

from bench.measured import Measured, derive_measured
from bench.scaling_tables import PARTS

TWEETS = 100_000


def make_drain(partitions: int, workers: int) -> dict[str, Any]:
    """Make a run that stores the whole backlog."""
    return {
        "round": 0,
        "partitions": partitions,
        "workers": workers,
        "steady_tweets": TWEETS / 2,
        "steady_tweets_per_second": 20_000.0 * workers,
        "whole_tweets_per_second": 8_000.0 * workers,
        "stored_tweets": TWEETS,
        "tweet_files": 10,
        "tweet_bytes": 10 * 5_000 + TWEETS * 80,
        "cpu_seconds": dict.fromkeys(PARTS, 8.0),
        "steady_cpu_seconds": dict.fromkeys(PARTS, 2.5),
        "peak_bytes": dict.fromkeys(PARTS, 500_000_000),
    }


def make_trigger(seconds: float) -> dict[str, Any]:
    """Make a stream of 100 tweets a second in batches of one file."""
    tweets = 10 * 100 * seconds
    return {
        "trigger_seconds": seconds,
        "tweets_per_second": 100,
        "log": {"bytes_per_message": 250.0, "messages_per_record_batch": 4.0},
        "tweets_per_batch": 100 * seconds,
        "batch_seconds": 1.2,
        "batches": 10,
        "stored_tweets": tweets,
        "tweet_files": 10,
        "tweet_bytes": 10 * 5_000 + tweets * 80,
        "batch_objects": 40,
    }


@pytest.fixture
def results() -> dict[str, Any]:
    return {
        "machine": {"day": "2026-11-27", "cores": 2, "memory_bytes": 24e9, "python": "3.11"},
        "backlog": TWEETS,
        "filling": {
            "seconds": 20.0,
            "log": {"bytes_per_message": 100.0, "messages_per_record_batch": 100.0},
            "cpu_seconds": {"producer": 20.0, "brokers": 2.0},
        },
        "drains": [make_drain(count, workers) for count in (1, 4) for workers in (1, 2)],
        "triggers": [make_trigger(seconds) for seconds in (2, 10)],
        "probe": {"seconds_per_file": 0.02, "listing_seconds_per_entry": 0.0005},
    }


@pytest.fixture
def known(results) -> Measured:
    return derive_measured(results)
