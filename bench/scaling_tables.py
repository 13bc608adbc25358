"""The tables of docs/scaling.md, in Markdown, from the runs of bench.scaling."""

from collections.abc import Callable, Iterator
from statistics import median

from bench.capacity import write_amount, write_table
from bench.measured import Results, list_kinds, select_drains, take_median

PARTS = (
    "driver JVM",
    "driver Python",
    "executors",
    "Spark master and workers",
    "brokers",
    "NameNode",
    "DataNodes",
)
_DAY = 86_400
# Each hour has a file of counts with its block, and folders of tweets and of counts; each of them
# has a folder for the day.
_COUNTS_PER_DAY, _FOLDERS_PER_DAY = 24, 2 * (24 + 1)


def write_tables(results: Results) -> str:
    """Write them all, one below the other."""
    tables: tuple[Callable[[Results], Iterator[list[str]]], ...]
    tables = (tabulate_throughput, tabulate_costs, tabulate_streams)
    return "\n\n".join(write_table([*tabulate(results)]) for tabulate in tables)


def tabulate_throughput(results: Results) -> Iterator[list[str]]:
    """Show tweets a second by partitions and workers."""
    yield ["partitions", "workers", "steady, tweets/s", "in all, tweets/s"]
    for partitions, workers in list_kinds(results):
        drains = select_drains(results, workers, partitions)
        rates = (take_median(drains, f"{name}_tweets_per_second") for name in ("steady", "whole"))
        yield [f"{partitions}", f"{workers}", *map(write_amount, rates)]


def tabulate_costs(results: Results) -> Iterator[list[str]]:
    """Show seconds of CPU for a million tweets, and memory, of each part that stores them."""
    crews = sorted({workers for _, workers in list_kinds(results)})
    yield [
        "storing",
        *(f"{workers} worker(s), steady" for workers in crews),
        *(f"{workers} worker(s), in all" for workers in crews),
        "memory at its peak",
    ]
    for part in PARTS:
        drains = [select_drains(results, workers) for workers in crews]
        steady = (
            median(run["steady_cpu_seconds"][part] / run["steady_tweets"] for run in runs)
            for runs in drains
        )
        whole = (
            median(run["cpu_seconds"][part] for run in runs) / results["backlog"] for runs in drains
        )
        peak = max(run["peak_bytes"][part] for runs in drains for run in runs)
        seconds = (write_amount(cost * 1e6, "s") for cost in (*steady, *whole))
        yield [part, *seconds, write_amount(peak, "B")]


def tabulate_streams(results: Results) -> Iterator[list[str]]:
    """Show what a stream leaves in a day, by its trigger."""
    heads = ["trigger", "batches seen", "tweets in one", "time of one", "a tweet in Kafka"]
    yield [*heads, "in HDFS", "files a day", "NameNode objects a day"]
    for run in results["triggers"]:
        batches = run["batches"]
        per_day = _DAY * run["tweets_per_second"] / run["tweets_per_batch"]
        files = (run["tweet_files"] + batches) / batches * per_day + _COUNTS_PER_DAY
        objects = run["batch_objects"] / batches * per_day + 2 * _COUNTS_PER_DAY + _FOLDERS_PER_DAY
        yield [
            f"{run['trigger_seconds']:g} s",
            f"{batches}",
            write_amount(run["tweets_per_batch"]),
            write_amount(run["batch_seconds"], "s"),
            f"{run['log']['bytes_per_message']:.0f} B",
            f"{run['tweet_bytes'] / run['stored_tweets']:.0f} B",
            write_amount(files),
            write_amount(objects),
        ]
