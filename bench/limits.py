"""What bears how much, of the project as it comes, and the change that moves it."""

import math
from dataclasses import dataclass

from bench.assumptions import Assumptions
from bench.batches import (
    ImpossibleLoad,
    Load,
    find_highest_rate,
    find_shortest_seconds,
    time_batch,
)
from bench.plan import Plan, count_record_batch, plan_capacity, size_message
from bench.quantities import DAY, format_quantity

TRIGGERS = (2.0, 10.0, 60.0)
_LARGER_BATCHES = "TWEETS_MAX_OFFSETS_PER_TRIGGER"
_HOUR = 3_600
_YEAR = 365 * DAY


@dataclass(frozen=True)
class Limit:
    """A part that ends: at so many tweets per second, or after so many days at the load asked for.

    What has no such end has infinity there. Some ends no plan can provide for, only a longer
    trigger: those decide which trigger is chosen.
    """

    part: str
    reason: str
    change: str
    tweets_per_second: float = math.inf
    days: float = math.inf
    wants_longer_trigger: bool = False

    def holds(self, load: Load) -> bool:
        """Say whether it bears a load for as long as is asked."""
        return self.tweets_per_second >= load.tweets_per_second and self.days >= load.days

    def describe_end(self) -> str:
        """Say at which load, or when, it ends."""
        if math.isfinite(self.days):
            return f"after {format_quantity(self.days * DAY, 's')}"
        return f"at {format_quantity(self.tweets_per_second)} tweets/s"


def choose_plan(rate: float, days: float, known: Assumptions) -> tuple[Plan, list[str]]:
    """Plan with the shortest of the usual triggers that lasts, and say what is wrong with shorter.

    Where none lasts, the longest is taken.
    """
    reasons = []
    for trigger in TRIGGERS:
        load = Load(rate, trigger, days)
        try:
            plan = plan_capacity(load, known)
        except ImpossibleLoad as error:
            if trigger == TRIGGERS[-1]:
                raise
            reasons.append(str(error))
            continue
        fault = find_fault(plan, known)
        if not fault or trigger == TRIGGERS[-1]:
            break
        reasons.append(f"With a batch every {trigger:g} s, {fault}.")
    return plan, reasons


def find_fault(plan: Plan, known: Assumptions) -> str | None:
    """Say what is wrong with a plan that a longer trigger would mend."""
    if plan.batches.busy_share > known.busy_share:
        share = f"{plan.batches.busy_share:.0%} of the time, more than {known.busy_share:.0%}"
        return f"storing them takes {share}"
    for limit in find_limits(plan, known):
        if limit.wants_longer_trigger and not limit.holds(plan.load):
            return f"{limit.part} ends {limit.describe_end()}"
    return None


def find_limits(plan: Plan, known: Assumptions) -> list[Limit]:
    """Find what ends as it comes, first what breaks first: what is below the load, then by days."""
    rate = plan.load.tweets_per_second

    def order(limit: Limit) -> tuple[float, float]:
        is_broken = limit.tweets_per_second < rate
        return (0 if is_broken else limit.days), limit.tweets_per_second

    ends = (find_ends_in_days, find_ends_as_set, find_ends_of_brokers, find_ends_as_built)
    return sorted((limit for find in ends for limit in find(plan, known)), key=order)


def find_ends_in_days(plan: Plan, known: Assumptions) -> list[Limit]:
    """Find what fills up at the load of a plan."""
    entries, blocks = plan.hdfs.entries_per_day, plan.hdfs.blocks_per_day
    years = known.folder_limit * TRIGGERS[-1] / _YEAR
    most_blocks = known.namenode_heap / known.heap_per_block
    most_entries = (known.driver_heap - known.driver_heap_used) / known.heap_per_entry
    disks = known.replicas * known.datanode_disk
    return [
        Limit(
            "the folder of the ledger",
            f"HDFS takes {known.folder_limit:,.0f} entries in a folder; each batch is one",
            f"a longer trigger ({TRIGGERS[-1]:g} s: {years:.1f} years); up to 6,400,000 entries by "
            "dfs.namenode.fs-limits.max-directory-items; for good, a folder for each day, which "
            "is a change to jobs/ledger.py",
            days=known.folder_limit / entries,
            wants_longer_trigger=True,
        ),
        Limit(
            "the memory of the driver",
            f"a restart lists the ledger, {format_quantity(known.heap_per_entry, 'B')} for each "
            f"entry in a heap of {format_quantity(known.driver_heap, 'B')}, of which it has used "
            f"{format_quantity(known.driver_heap_used, 'B')}",
            "--driver-memory, or a longer trigger",
            days=most_entries / entries,
        ),
        Limit(
            "the memory of the NameNode",
            f"{most_blocks:,.0f} blocks in {format_quantity(known.namenode_heap, 'B')} of heap",
            "more heap, a longer trigger, or joining the files of past hours into few",
            days=most_blocks / blocks,
        ),
        Limit(
            f"the disks of {known.replicas:.0f} DataNodes",
            f"{format_quantity(plan.hdfs.bytes_per_day, 'B')} a day on "
            f"{format_quantity(known.datanode_disk, 'B')} each",
            "more DataNodes, or keeping fewer days",
            days=disks / plan.hdfs.bytes_per_day,
        ),
    ]


def find_ends_as_set(plan: Plan, known: Assumptions) -> list[Limit]:
    """Find what is too slow from some load on, and goes on with another setting or more of it."""
    trigger = plan.load.trigger_seconds
    batch_limit, partitions, cores = known.batch_limit, known.partitions, known.local_cores
    return [
        Limit(
            "one producer",
            f"{format_quantity(known.producer_seconds_per_tweet, 's')} of a core for a tweet",
            "more of them, each with its share of the tweets",
            1 / known.producer_seconds_per_tweet,
        ),
        Limit(
            f"local[{cores:.0f}]",
            f"{cores:.0f} cores on batches of {batch_limit:,.0f} messages",
            "a Spark cluster (--master)",
            batch_limit / time_batch(batch_limit, int(cores), known),
        ),
        Limit(
            f"{partitions:.0f} partitions",
            f"one task, so one core, for each, on batches of {batch_limit:,.0f} messages",
            "TWEETS_TOPIC_PARTITIONS, before the topic is made",
            batch_limit / time_batch(batch_limit, int(partitions), known),
        ),
        Limit(
            "the size of a batch",
            f"{batch_limit:,.0f} messages every {trigger:g} s",
            _LARGER_BATCHES,
            batch_limit / trigger,
        ),
    ]


def find_ends_of_brokers(_: Plan, known: Assumptions) -> list[Limit]:
    """Find what three brokers bear, from producers that have as much to send as they can."""
    busy = 1 / known.producer_seconds_per_tweet
    message = size_message(count_record_batch(busy, known.partitions, known), known)
    return [
        Limit(
            f"{known.replicas:.0f} brokers",
            f"{format_quantity(known.broker_bytes_per_second, 'B')} of new messages a second each",
            "more brokers",
            known.replicas * known.broker_bytes_per_second / message,
        ),
        Limit(
            f"the disks of {known.replicas:.0f} brokers",
            f"{format_quantity(known.broker_disk, 'B')} each hold "
            f"{format_quantity(known.retention_seconds, 's')} of messages",
            "more disk, more brokers, or a shorter retention",
            known.broker_disk / known.retention_seconds / message,
        ),
    ]


def find_ends_as_built(plan: Plan, known: Assumptions) -> list[Limit]:
    """Find what is too slow from some load on, and there is only one of it."""
    trigger, batch_limit = plan.load.trigger_seconds, known.batch_limit
    driver = Limit(
        "the one driver",
        f"{format_quantity(known.seconds_per_file, 's')} for each file, one after the other, and "
        f"{format_quantity(known.seconds_per_batch, 's')} for each batch of {batch_limit:,.0f} "
        "messages",
        f"larger batches ({_LARGER_BATCHES}) with a longer trigger; {TRIGGERS[-1]:g} s bear "
        f"{format_quantity(find_highest_rate(TRIGGERS[-1], known))} tweets/s",
        batch_limit / find_shortest_seconds(batch_limit, known),
    )
    listed = known.poll_seconds / known.page_seconds_per_file
    dashboard = Limit(
        "the dashboard",
        f"every {known.poll_seconds:g} s it lists the folder of the hour; {listed:,.0f} files "
        "take as long",
        "a longer trigger, so that there are fewer files",
        find_highest_rate(trigger, known, listed * trigger / _HOUR),
        wants_longer_trigger=True,
    )
    # It lists no more files than the driver can publish.
    lists_fewer = dashboard.tweets_per_second < find_highest_rate(trigger, known)
    return [driver, dashboard] if lists_fewer else [driver]
