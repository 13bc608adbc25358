"""The batches of a load: how long one takes, and how many cores it wants.

A batch costs a fixed time (a), a time for each of its files, which the one driver names and
publishes one after the other (b), and the work on its messages (k each), shared by the cores that
read the partitions. A task reads one partition and writes one file. So M messages on c cores take

    a + b c + k M / c
"""

import math
from dataclasses import dataclass

from bench.assumptions import Assumptions
from bench.quantities import DAY, format_number


class ImpossibleLoad(ValueError):
    """A load for which there is no plan; the message says why, and what would do."""


@dataclass(frozen=True)
class Load:
    """Tweets per second, for so many days, stored by a batch every `trigger_seconds`."""

    tweets_per_second: float
    trigger_seconds: float
    days: float

    def __post_init__(self) -> None:
        for what, value, least, most in (
            ("Tweets per second", self.tweets_per_second, 0.001, 100_000_000),
            ("Seconds from batch to batch", self.trigger_seconds, 0.1, DAY),
            ("Days", self.days, 0.1, 36_500),
        ):
            if not least <= value <= most:
                raise ImpossibleLoad(
                    f"{what} must be a number from {least:g} to {format_number(most)}, "
                    f"not {value:g}."
                )


@dataclass(frozen=True)
class Batches:
    """One batch as all will be, and every how many seconds there is one.

    `cores` is how many work on it at once, and `files` how many of tweets it leaves.
    """

    interval_seconds: float
    messages: float
    cores: int
    files: int
    seconds: float

    @property
    def per_day(self) -> float:
        """How many there are in a day."""
        return DAY / self.interval_seconds

    @property
    def busy_share(self) -> float:
        """How much of the time from one to the next it takes."""
        return self.seconds / self.interval_seconds


def plan_batches(load: Load, known: Assumptions) -> Batches:
    """Choose the fewest cores that bear a load; `ImpossibleLoad` where the driver cannot.

    A small batch has one task. Where that is too slow for the trigger, the next batch holds what
    has come meanwhile, until it is no small one any more.
    """
    rate = load.tweets_per_second
    interval = max(load.trigger_seconds, 1 / rate)
    small_interval = max(interval, settle_interval(rate, known))
    if rate * small_interval < known.small_batch:
        messages = rate * small_interval
        return Batches(small_interval, messages, 1, 1, time_batch(messages, 1, known))
    interval = max(interval, known.small_batch / rate)
    cores = choose_cores(rate, interval, known)
    seconds = time_batch(rate * interval, cores, known)
    return Batches(interval, rate * interval, cores, cores, seconds)


def settle_interval(rate: float, known: Assumptions) -> float:
    """Find the seconds in which one core stores just the messages that come in that time."""
    idle = 1 - known.core_seconds_per_tweet * rate
    return time_batch(0, 1, known) / idle if idle > 0 else math.inf


def time_batch(messages: float, cores: int, known: Assumptions) -> float:
    """Tell how many seconds a batch takes."""
    work = known.core_seconds_per_tweet * messages / cores
    return known.seconds_per_batch + known.seconds_per_file * cores + work


def choose_cores(rate: float, interval: float, known: Assumptions) -> int:
    """Solve a + b c + k M / c = the busy share of the interval, for the smaller c."""
    spare = known.busy_share * interval - known.seconds_per_batch
    work = known.core_seconds_per_tweet * rate * interval
    root = spare**2 - 4 * known.seconds_per_file * work
    if spare <= 0 or root < 0:
        raise ImpossibleLoad(
            f"One driver does not store {rate:,.0f} tweets a second with a batch every "
            f"{interval:g} s: give it at least {find_shortest_interval(rate, known):.1f} s."
        )
    # The same as (spare - sqrt(root)) / 2 b, which loses its digits where b is small.
    cores = math.ceil(2 * work / (spare + math.sqrt(root)))
    return max(int(known.partitions), cores)


def find_shortest_interval(rate: float, known: Assumptions) -> float:
    """Find the seconds from batch to batch below which no number of cores is enough."""
    share, fixed = known.busy_share, known.seconds_per_batch
    # Where the root in choose_cores is 0, as an equation for the interval.
    half = share * fixed + 2 * known.seconds_per_file * known.core_seconds_per_tweet * rate
    return (half + math.sqrt(half**2 - (share * fixed) ** 2)) / share**2


def find_shortest_seconds(messages: float, known: Assumptions) -> float:
    """Tell how many seconds a batch takes with as many cores as are best for the one driver."""
    cores = math.sqrt(known.core_seconds_per_tweet * messages / known.seconds_per_file)
    return time_batch(messages, max(1, round(cores)), known)


def find_highest_rate(interval: float, known: Assumptions, cores: float | None = None) -> float:
    """Find the tweets per second at which batches fill all of their interval.

    With so many cores, or with as many as are best for the one driver.
    """
    spare = max(0.0, interval - known.seconds_per_batch)
    best = spare / (2 * known.seconds_per_file)
    used = best if cores is None else min(cores, best)
    left = spare - known.seconds_per_file * used
    return used * left / (known.core_seconds_per_tweet * interval)
