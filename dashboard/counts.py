"""Tweets per minute and category, summed into windows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import pyarrow as pa

COUNTS_SCHEMA = pa.schema(
    [
        pa.field("window_start", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("tweet_count", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True, eq=False)
class MinuteCounts:
    """What the stored category counts say.

    `categories` are those that occur, by name. `rows` has `window_start` (seconds since the epoch),
    `category` and `tweet_count`.
    """

    categories: tuple[str, ...]
    rows: pd.DataFrame


def merge_counts(hours: Iterable[pa.Table]) -> MinuteCounts:
    """Join the tables of any number of hours, each in `COUNTS_SCHEMA`."""
    rows = pa.concat_tables([COUNTS_SCHEMA.empty_table(), *hours])
    frame = rows.to_pandas()
    frame["window_start"] = frame["window_start"].astype("datetime64[s, UTC]").astype("int64")
    return MinuteCounts(tuple(sorted(frame["category"].unique())), frame)


def locate_windows(since: datetime, until: datetime, bucket_seconds: int) -> range:
    """Find the starts of the windows that overlap since..until, in seconds since the epoch."""
    start = int(since.timestamp() // bucket_seconds) * bucket_seconds
    end = -int(-until.timestamp() // bucket_seconds) * bucket_seconds
    return range(start, end, bucket_seconds)


def sum_windows(counts: MinuteCounts, windows: range, categories: Collection[str]) -> pd.DataFrame:
    """Sum the minutes into windows of whole minutes: a row per window, a column per category.

    The index is the start of each window in seconds; what has no tweet counts zero.
    """
    rows = counts.rows
    inside = rows[rows["window_start"].between(windows.start, windows.stop, inclusive="left")]
    starts = inside["window_start"] - (inside["window_start"] - windows.start) % windows.step
    sums = inside.groupby([starts, "category"])["tweet_count"].sum().unstack(fill_value=0)
    return sums.reindex(index=list(windows), columns=list(categories), fill_value=0)
