"""The tables of docs/scaling.md, in Markdown, from the results of a measurement."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from statistics import median
from typing import Any

from bench.assumptions import Assumptions
from bench.batches import Load, time_batch
from bench.limits import choose_plan, find_limits
from bench.measured import Results
from bench.plan import COUNTS_FILES_PER_DAY, FOLDERS_PER_DAY, plan_capacity
from bench.plan_rows import describe_plan
from bench.quantities import DAY, format_number, format_quantity

LOADS = (100, 1_000, 10_000, 100_000, 1_000_000)
DAYS = 30
PARTS = (
    "driver JVM",
    "driver Python",
    "executors",
    "Spark master and workers",
    "brokers",
    "NameNode",
    "DataNodes",
)


def write_table(heads: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """Lay a table out; behind the columns of text come numbers."""
    rules = ["---"] * text_columns + ["--:"] * (len(heads) - text_columns)
    lines = [heads, rules, *rows]
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
        drains = select_drains(results, workers, partitions)
        messages = median(drain["stored_tweets"] / drain["entries"] for drain in drains)
        cores = min(partitions, workers)
        expected = time_batch(messages, cores, known)
        expected += known.seconds_per_file * (partitions - cores)
        steady = take_median(drains, "steady_tweets_per_second")
        rows.append(
            [
                f"{partitions}",
                f"{workers}",
                format_number(steady),
                format_number(take_median(drains, "whole_tweets_per_second")),
                format_number(messages / expected),
                f"{steady * expected / messages:.2f}",
            ]
        )
    heads = [
        "partitions",
        "workers",
        "steady, tweets/s",
        "in all, tweets/s",
        "arithmetic, tweets/s",
        "steady / arithmetic",
    ]
    return write_table(heads, rows)


def tabulate_costs(results: Results, _: Assumptions) -> str:
    """Show CPU and memory of each part for a million tweets, by the number of workers."""
    filling, million = results["filling"], 1e6 / results["tweets"]
    rows = []
    for workers in sorted({drain["workers"] for drain in results["drains"]}):
        drains = select_drains(results, workers)
        rows += [
            [
                part,
                f"storing, {workers} worker(s)",
                f"{format_number(take_steady_cost(drains, part) * 1e6)} s",
                f"{format_number(median(d['cpu_seconds'][part] for d in drains) * million)} s",
                format_quantity(max(d["peak_bytes"][part] for d in drains), "B"),
            ]
            for part in PARTS
        ]
    for part in ("producer", "brokers"):
        cpu_seconds, peak = filling["cpu_seconds"][part] * million, filling["peak_bytes"][part]
        rows.append(
            [part, "producing", "", f"{format_number(cpu_seconds)} s", format_quantity(peak, "B")]
        )
    heads = ["part", "while", "CPU, steady", "CPU, start included", "memory at its peak"]
    return write_table(heads, rows, text_columns=2)


def tabulate_triggers(results: Results, _: Assumptions) -> str:
    """Show what a stream leaves in a day, by its trigger."""
    standing = 2 * COUNTS_FILES_PER_DAY + FOLDERS_PER_DAY
    rows = []
    for run in results["triggers"]:
        batches = run["entries"]
        per_day = DAY * run["tweets_per_second"] / run["tweets_per_batch"]
        files = (run["tweet_files"] + batches) / batches * per_day + COUNTS_FILES_PER_DAY
        rows.append(
            [
                f"{run['trigger_seconds']:g} s",
                f"{batches}",
                f"{run['tweets_per_batch']:,.0f}",
                format_quantity(run["batch_seconds"], "s"),
                f"{run['tweet_bytes'] / run['stored_tweets']:.0f} B",
                format_number(files),
                format_number(run["batch_objects"] / batches * per_day + standing),
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
                **{row.what: row.how_much for row in describe_plan(plan, known)},
                "ends first, if nothing else is changed": f"{first.part}, {first.describe_end()}",
            }
        )
    return write_table(
        ["tweets/s", *(f"{rate:,}" for rate in LOADS)],
        [[name, *(column[name] for column in columns)] for name in columns[0]],
    )


def tabulate_limits(_: Results, known: Assumptions) -> str:
    """Show what ends where, with the settings as they come."""
    plan = plan_capacity(Load(LOADS[0], known.trigger_seconds, DAYS), known)
    rows = [
        [limit.part, limit.describe_end(), limit.reason, limit.change]
        for limit in find_limits(plan, known)
    ]
    return write_table(["part", "ends", "because", "what moves it"], rows, text_columns=4)


def tabulate_assumptions(_: Results, known: Assumptions) -> str:
    """Show each number that the plans rest on, and where it comes from."""
    rows = []
    for field in fields(known):
        quantity = getattr(known, field.name)
        value = format_quantity(quantity, quantity.unit)
        rows.append([f"`{field.name}`", value, quantity.origin, quantity.source])
    return write_table(["name", "value", "origin", "source"], rows, text_columns=4)


def list_kinds(results: Results) -> list[tuple[int, int]]:
    """List the partitions and workers that were measured."""
    return sorted({(drain["partitions"], drain["workers"]) for drain in results["drains"]})


def select_drains(
    results: Results, workers: int, partitions: int | None = None
) -> list[dict[str, Any]]:
    """Select the runs with so many workers, on a topic of so many partitions or on any."""
    return [
        drain
        for drain in results["drains"]
        if drain["workers"] == workers and partitions in (None, drain["partitions"])
    ]


def take_steady_cost(drains: list[dict[str, Any]], part: str) -> float:
    """Take the median of the seconds of CPU that a part spends on a tweet."""
    return float(median(d["steady_cpu_seconds"][part] / d["steady_tweets"] for d in drains))


def take_median(drains: list[dict[str, Any]], name: str) -> float:
    """Take the median of what some runs found."""
    return float(median(drain[name] for drain in drains))
