"""The tables of docs/scaling.md, in Markdown, from the results of a measurement."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from statistics import median
from typing import Any

from bench.assumptions import Assumptions
from bench.batches import Load, time_batch
from bench.limits import choose_plan, find_limits
from bench.measured import Results
from bench.plan import Plan, plan_capacity
from bench.quantities import format_number, format_quantity

LOADS = (100, 1_000, 10_000, 100_000, 1_000_000)
DAYS = 30
DAY = 86_400
PARTS = (
    "driver JVM",
    "driver Python",
    "executors",
    "Spark master and workers",
    "brokers",
    "NameNode",
    "DataNodes",
)
# What a day has of counts and folders, whatever the trigger: a file with its block and two folders
# for each hour, and the folders of the day.
_STANDING_FILES = 24
_STANDING_OBJECTS = 24 * 4 + 2


def write_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay a table out; the first column is text."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def describe_run(results: Results, _: Assumptions) -> str:
    """Say when, on what and with how much it was measured."""
    machine = results["measured"]
    rounds = 1 + max(drain["round"] for drain in results["drains"])
    return (
        f"Measured on {machine['day']} on {machine['cores']} cores and "
        f"{format_quantity(machine['memory_bytes'], 'B')} of memory, with a backlog of "
        f"{results['tweets']:,} synthetic tweets and {rounds} run(s) of each kind."
    )


def tabulate_throughput(results: Results, known: Assumptions) -> str:
    """Show tweets per second by partitions and workers, beside what the arithmetic expects."""
    rows = []
    for partitions, workers in list_kinds(results):
        drains = select_drains(results, partitions, workers)
        messages = median(drain["stored_tweets"] / drain["entries"] for drain in drains)
        cores = min(partitions, workers)
        expected = time_batch(messages, cores, known)
        expected += known.seconds_per_file * (partitions - cores)
        rows.append(
            [
                f"{partitions}",
                f"{workers}",
                format_number(take_median(drains, "steady_tweets_per_second")),
                format_number(take_median(drains, "whole_tweets_per_second")),
                format_number(messages / expected),
            ]
        )
    heads = [
        "partitions",
        "workers",
        "steady, tweets/s",
        "in all, tweets/s",
        "arithmetic, tweets/s",
    ]
    return write_table(heads, rows)


def tabulate_costs(results: Results, _: Assumptions) -> str:
    """Show CPU and memory of each part for a million tweets, of all drains."""
    drains, filling = results["drains"], results["filling"]
    million = 1e6 / results["tweets"]
    rows = []
    for part in PARTS:
        steady = median(
            drain["steady_cpu_seconds"][part] / drain["steady_tweets"] for drain in drains
        )
        rows.append(
            [
                f"{part}, storing",
                f"{format_number(steady * 1e6)} s",
                f"{format_number(median(d['cpu_seconds'][part] for d in drains) * million)} s",
                format_quantity(median(d["peak_bytes"][part] for d in drains), "B"),
            ]
        )
    rows += [
        [
            f"{part}, producing",
            "",
            f"{format_number(filling['cpu_seconds'][part] * million)} s",
            format_quantity(filling["peak_bytes"][part], "B"),
        ]
        for part in ("producer", "brokers")
    ]
    return write_table(["part", "CPU, steady", "CPU, start included", "memory at its peak"], rows)


def tabulate_triggers(results: Results, _: Assumptions) -> str:
    """Show what a stream leaves in a day, by its trigger."""
    rows = []
    for run in results["triggers"]:
        batches, per_day = run["entries"], DAY / run["trigger_seconds"]
        files = (run["tweet_files"] + run["entries"]) / batches * per_day + _STANDING_FILES
        objects = run["batch_objects"] / batches * per_day + _STANDING_OBJECTS
        rows.append(
            [
                f"{run['trigger_seconds']:g} s",
                f"{batches}",
                f"{run['tweets_per_batch']:,.0f}",
                format_quantity(run["batch_seconds"], "s"),
                f"{run['tweet_bytes'] / run['stored_tweets']:.0f} B",
                format_number(files),
                format_number(objects),
            ]
        )
    heads = ["trigger", "batches seen", "tweets in one", "time of one", "a tweet on disk"]
    return write_table([*heads, "files a day", "NameNode objects a day"], rows)


def tabulate_plans(_: Results, known: Assumptions) -> str:
    """Show what each load takes."""
    columns = []
    for rate in LOADS:
        plan, _reasons = choose_plan(rate, DAYS, known)
        first, *_others = find_limits(plan, known)
        columns.append(
            {
                "tweets/s": f"{rate:,}",
                **dict(list_cells(plan)),
                "ends first, if nothing else is changed": f"{first.part}, {first.describe_end()}",
            }
        )
    heads, *names = columns[0]
    return write_table(
        [heads, *(column[heads] for column in columns)],
        [[name, *(column[name] for column in columns)] for name in names],
    )


def list_cells(plan: Plan) -> Iterator[tuple[str, str]]:
    """List the names and values of a plan, as the table shows them."""
    batches, spark, kafka, hdfs = plan.batches, plan.spark, plan.kafka, plan.hdfs
    yield "trigger", f"{batches.interval_seconds:.3g} s"
    yield "messages in a batch", f"{batches.messages:,.0f}"
    yield "time of a batch", format_quantity(batches.seconds, "s")
    yield "producers", f"{kafka.producers:,}"
    yield "brokers", f"{kafka.brokers:,}"
    yield "disk of a broker", format_quantity(kafka.disk_per_broker, "B")
    yield "partitions", f"{kafka.partitions:,}"
    yield "executors", f"{spark.executors:,} of {spark.cores_per_executor} core(s)"
    yield "memory of the driver", format_quantity(spark.driver_memory, "B")
    yield "HDFS a day", format_quantity(hdfs.bytes_per_day, "B")
    yield f"HDFS for {plan.load.days:g} days", format_quantity(hdfs.bytes, "B")
    yield "DataNodes", f"{hdfs.datanodes:,}"
    yield "files a day", f"{hdfs.files_per_day:,.0f}"
    yield "NameNode objects a day", f"{hdfs.objects_per_day:,.0f}"
    yield "heap of the NameNode", format_quantity(hdfs.namenode_heap, "B")
    yield "ledger entries a day", f"{hdfs.entries_per_day:,.0f}"
    yield "a restart after all days", format_quantity(spark.restart_seconds, "s")


def tabulate_limits(_: Results, known: Assumptions) -> str:
    """Show what ends where, with the settings as they come."""
    plan = plan_capacity(Load(LOADS[0], known.trigger_seconds, DAYS), known)
    rows = [
        [limit.part, limit.describe_end(), limit.reason, limit.change]
        for limit in find_limits(plan, known)
    ]
    return write_table(["part", "ends", "because", "what moves it"], rows).replace("--:", "---")


def tabulate_assumptions(_: Results, known: Assumptions) -> str:
    """Show each number that the plans rest on, and where it comes from."""
    rows = []
    for field in fields(known):
        quantity = getattr(known, field.name)
        value = format_quantity(quantity, quantity.unit)
        rows.append([f"`{field.name}`", value, quantity.origin, quantity.source])
    return write_table(["name", "value", "origin", "source"], rows).replace("--:", "---")


def list_kinds(results: Results) -> list[tuple[int, int]]:
    """List the partitions and workers that were measured."""
    return sorted({(drain["partitions"], drain["workers"]) for drain in results["drains"]})


def select_drains(results: Results, partitions: int, workers: int) -> list[dict[str, Any]]:
    """Select the runs of one kind."""
    kind = (partitions, workers)
    return [d for d in results["drains"] if (d["partitions"], d["workers"]) == kind]


def take_median(drains: list[dict[str, Any]], name: str) -> float:
    """Take the median of what some runs found."""
    return float(median(drain[name] for drain in drains))
