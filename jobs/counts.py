"""Classified tweets to counts per category and window of event time."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

WINDOW = "minute"

CATEGORY_COUNTS_SCHEMA = pa.schema(
    [
        ("window_start", pa.timestamp("us", tz="UTC")),
        ("category", pa.string()),
        ("tweet_count", pa.int64()),
    ]
)


class Cell(NamedTuple):
    """One category in one window; `window_start` is an aware datetime in UTC."""

    window_start: datetime
    category: str


def count_categories(classified_tweets: DataFrame) -> DataFrame:
    """Count tweets per window, category and Kafka partition, as `tweet_count`.

    The partition is kept so that the counts of a batch can be held against the offsets it read.
    """
    window_start = F.date_trunc(WINDOW, "created_at")
    return classified_tweets.groupBy(
        F.unix_seconds(window_start).alias("window_start"), "category", "partition"
    ).agg(F.count(F.lit(1)).alias("tweet_count"))


def sum_cells(rows: Iterable[tuple[int, str, int, int]]) -> Counter[Cell]:
    """Sum rows of `count_categories` over the partitions."""
    cells: Counter[Cell] = Counter()
    for window_start, category, _partition, tweet_count in rows:
        cells[Cell(datetime.fromtimestamp(window_start, UTC), category)] += tweet_count
    return cells


def group_by_hour(cells: Counter[Cell]) -> dict[datetime, Counter[Cell]]:
    """Split cells by the hour of their window, as the stored dataset is partitioned."""
    hours: dict[datetime, Counter[Cell]] = {}
    for cell, tweet_count in cells.items():
        hour = cell.window_start.replace(minute=0, second=0, microsecond=0)
        hours.setdefault(hour, Counter())[cell] += tweet_count
    return hours


def read_cells(table: pa.Table) -> Counter[Cell]:
    """Read cells from a table of the stored dataset."""
    cells: Counter[Cell] = Counter()
    for row in table.to_pylist():
        cells[Cell(row["window_start"], row["category"])] += row["tweet_count"]
    return cells


def build_counts_table(cells: Counter[Cell]) -> pa.Table:
    """Lay out cells as the stored dataset has them, sorted by window and category."""
    return pa.Table.from_pylist(
        [
            {**cell._asdict(), "tweet_count": tweet_count}
            for cell, tweet_count in sorted(cells.items())
        ],
        schema=CATEGORY_COUNTS_SCHEMA,
    )
