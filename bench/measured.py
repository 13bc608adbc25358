"""What follows from the results of a measurement, as numbers that a plan can use."""

from statistics import linear_regression, median
from typing import Any

from bench.quantities import Quantity

Results = dict[str, Any]

_DRIVER = ("driver JVM", "driver Python")


def derive_quantities(results: Results) -> dict[str, Quantity]:
    """Derive all that a plan rests on; the names are those of `Assumptions`."""
    costs = {"s": derive_seconds(results), "B": derive_bytes(results)}
    return {
        name: Quantity(value, unit, "measured", source)
        for unit, quantities in costs.items()
        for name, (value, source) in quantities.items()
    }


def derive_seconds(results: Results) -> dict[str, tuple[float, str]]:
    """Derive what costs time, in seconds."""
    drains, probe, filling = results["drains"], results["probe"], results["filling"]
    per_tweet = median(
        drain["steady_cpu_seconds"]["executors"] / drain["steady_tweets"]
        for drain in drains
        if drain["workers"] == 1
    )
    # Spark's own steps around a batch, which the job's log does not count.
    around = median(drain["seconds_around_batch"] for drain in drains)
    quickest = min(results["triggers"], key=lambda trigger: trigger["tweets_per_batch"])
    per_file = probe["seconds_per_file"]
    work = per_tweet * quickest["tweets_per_batch"]
    reading = median(drain["cpu_seconds"]["brokers"] / results["tweets"] for drain in drains)
    writing = filling["cpu_seconds"]["brokers"] / results["tweets"]
    return {
        "core_seconds_per_tweet": (per_tweet, "CPU of one executor, draining a backlog, warm"),
        "seconds_per_batch": (
            max(0.0, quickest["batch_seconds"] - per_file - work) + around,
            f"batches of {quickest['tweets_per_batch']:,.0f} tweets, without the work on them",
        ),
        "seconds_per_file": (
            per_file,
            "the driver's steps for each of many files of a batch: gathering, naming, publishing",
        ),
        "listing_seconds_per_entry": (
            probe["listing_seconds_per_entry"],
            f"listing {probe['entries']:,} entries of a ledger, as a restart does",
        ),
        "page_seconds_per_file": (
            probe["page_seconds_per_file"],
            f"listing a folder of {probe['entries']:,} files over WebHDFS",
        ),
        "producer_seconds_per_tweet": (
            filling["cpu_seconds"]["producer"] / results["tweets"],
            "CPU of the producer of synthetic tweets, its start included",
        ),
        "broker_seconds_per_tweet": (
            writing + reading,
            "CPU of three brokers, for writing a message three times and reading it",
        ),
    }


def derive_bytes(results: Results) -> dict[str, tuple[float, str]]:
    """Derive what takes room, in bytes."""
    # A tweet's share of its file, over its share of what each file has once: then small files count
    # as much as large ones.
    runs = [*results["drains"], *results["triggers"]]
    per_file, per_tweet = linear_regression(
        [run["tweet_files"] / run["stored_tweets"] for run in runs],
        [run["tweet_bytes"] / run["stored_tweets"] for run in runs],
    )
    entries = sum(run["entries"] for run in runs)
    entry_bytes = sum(run["entry_bytes"] for run in runs)
    message_bytes, record_batch_bytes = derive_message(results)
    driver = median(
        sum(drain["peak_bytes"][part] for part in _DRIVER) for drain in results["drains"]
    )
    return {
        "bytes_per_tweet": (
            per_tweet,
            "of files of Parquet with synthetic tweets, by their size and number",
        ),
        "bytes_per_file": (max(0.0, per_file), "what each has besides, from the same files"),
        "bytes_per_message": (
            message_bytes,
            "of a broker's log, compressed by the producer in a record batch with many",
        ),
        "bytes_per_record_batch": (
            record_batch_bytes,
            "what each record batch has besides, by runs with many messages in one and with few",
        ),
        "bytes_per_entry": (entry_bytes / entries, "of a file of the ledger"),
        "heap_per_entry": (
            results["probe"]["heap_per_entry"],
            "growth of the driver's heap while it holds a listing",
        ),
        "python_bytes_per_entry": (
            results["probe"]["python_bytes_per_entry"],
            "the same of its Python",
        ),
        "driver_heap_used": (
            results["probe"]["heap_used"],
            "heap in use of a driver that has just started, as it is when it lists the ledger",
        ),
        "driver_memory": (driver, "resident, JVM and Python together"),
    }


def derive_message(results: Results) -> tuple[float, float]:
    """Derive the bytes of a message and of its record batch, which all in one batch share."""
    logs = [run["log"] for run in (results["filling"], *results["triggers"])]
    per_batch, per_message = linear_regression(
        [1 / log["messages_per_record_batch"] for log in logs],
        [log["bytes_per_message"] for log in logs],
    )
    return per_message, per_batch
