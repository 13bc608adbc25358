"""Tweets per minute and category, summed into windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.categories import CATEGORIES

COUNTS_SCHEMA = pa.schema(
    [
        pa.field("window_start", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("tweet_count", pa.int64(), nullable=False),
    ]
)
MICROSECONDS = 1_000_000


@dataclass(frozen=True, eq=False)
class MinuteCounts:
    """What the stored category counts say, as columns: seconds since the epoch, label, count.

    A label is an index into `categories`.
    """

    categories: tuple[str, ...]
    window_starts: NDArray[np.int64]
    labels: NDArray[np.int64]
    tweet_counts: NDArray[np.int64]


@dataclass(frozen=True)
class CountWindows:
    """Windows without a gap: their starts in seconds since the epoch, and counts per category."""

    bucket_seconds: int
    categories: tuple[str, ...]
    window_starts: list[int]
    tweet_counts: list[list[int]]
    totals: list[int]


def merge_counts(hours: Iterable[pa.Table]) -> MinuteCounts:
    """Join the tables of any number of hours, each in `COUNTS_SCHEMA`.

    Categories that the model of today does not know come last, by name.
    """
    rows = pa.concat_tables([COUNTS_SCHEMA.empty_table(), *hours])
    names = rows["category"].to_pylist()
    unknown = sorted(set(names).difference(CATEGORIES))
    categories = (*CATEGORIES, *unknown)
    label_by_category = {category: label for label, category in enumerate(categories)}
    return MinuteCounts(
        categories,
        rows["window_start"].cast(pa.int64()).to_numpy() // MICROSECONDS,
        np.array([label_by_category[name] for name in names], dtype=np.int64),
        rows["tweet_count"].to_numpy(),
    )


def locate_windows(since: datetime, until: datetime, bucket_seconds: int) -> range:
    """Find the starts of the windows that overlap since..until, in seconds since the epoch."""
    start = int(since.timestamp() // bucket_seconds) * bucket_seconds
    end = -int(-until.timestamp() // bucket_seconds) * bucket_seconds
    return range(start, end, bucket_seconds)


def sum_windows(counts: MinuteCounts, windows: range) -> CountWindows:
    """Sum the minutes into windows of whole minutes; windows without a tweet count zero."""
    shape = (len(windows), len(counts.categories))
    inside = (counts.window_starts >= windows.start) & (counts.window_starts < windows.stop)
    positions = (counts.window_starts[inside] - windows.start) // windows.step
    sums = np.zeros(shape, dtype=np.int64)
    np.add.at(sums, (positions, counts.labels[inside]), counts.tweet_counts[inside])
    return CountWindows(
        windows.step, counts.categories, list(windows), sums.tolist(), sums.sum(axis=0).tolist()
    )
