"""A data root as the streaming job leaves it, written with plain pyarrow."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.datasets import CATEGORY_COUNTS, COUNTS_FILE, DELETIONS, TWEETS, locate_hour

TIMESTAMP = pa.timestamp("us", "UTC")
TWEETS_FILE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("created_at", TIMESTAMP),
        ("user_id", pa.string()),
        ("username", pa.string()),
        ("name", pa.string()),
        ("lang", pa.string()),
        ("source", pa.string()),
        ("category", pa.string()),
        ("confidence", pa.float64()),
        ("model_version", pa.string()),
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("received_at", TIMESTAMP),
    ]
)
COUNTS_FILE_SCHEMA = pa.schema(
    [("window_start", TIMESTAMP), ("category", pa.string()), ("tweet_count", pa.int64())]
)
DELETIONS_FILE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("deleted_at", TIMESTAMP),
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("received_at", TIMESTAMP),
    ]
)
NOW = datetime(2026, 11, 24, 9, 30, 20, tzinfo=UTC)


def build_row(tweet_id: str, created_at: datetime = NOW, **values: Any) -> dict[str, Any]:
    """A row of the tweets dataset, received a second after it was created."""
    return {
        "id": tweet_id,
        "text": f"text of {tweet_id}",
        "created_at": created_at,
        "user_id": "u1",
        "username": "ada",
        "name": "Ada",
        "lang": "en",
        "source": "synthetic",
        "category": "food",
        "confidence": 0.75,
        "model_version": "v1",
        "topic": "tweets",
        "partition": 0,
        "offset": 0,
        "received_at": created_at + timedelta(seconds=1),
    } | values


@dataclass
class DataRoot:
    """Writes files as the job does: complete, hidden first, then renamed into place.

    Each change happens a second after the one before, whatever the clock of the machine says.
    """

    path: Path
    ticks: Iterator[int] = field(default_factory=count)

    def store_tweets(self, *rows: dict[str, Any]) -> list[Path]:
        """Store one commit: a file in each hour that its tweets were created in."""
        commit = f"0a1b2c3d{next(self.ticks):010d}"
        folders = sorted({locate_hour(TWEETS, row["created_at"]) for row in rows})
        return [
            self.write(
                f"{folder}/{commit}-0.parquet",
                [row for row in rows if locate_hour(TWEETS, row["created_at"]) == folder],
                TWEETS_FILE_SCHEMA,
            )
            for folder in folders
        ]

    def store_counts(self, counts: dict[tuple[datetime, str], int]) -> list[Path]:
        """Replace the counts of every hour that is touched."""
        paths = []
        for folder in sorted({locate_hour(CATEGORY_COUNTS, start) for start, _ in counts}):
            rows = [
                {"window_start": start, "category": category, "tweet_count": tweet_count}
                for (start, category), tweet_count in sorted(counts.items())
                if locate_hour(CATEGORY_COUNTS, start) == folder
            ]
            paths.append(self.write(f"{folder}/{COUNTS_FILE}", rows, COUNTS_FILE_SCHEMA))
        return paths

    def store_deletions(
        self, *tweet_ids: str, source: str | None = "synthetic", received_at: datetime = NOW
    ) -> Path:
        """Store a commit of deletions, its file written at the moment of their receipt."""
        position = {"topic": "tweets", "partition": 0, "offset": 0, "received_at": received_at}
        path = self.write(
            f"{locate_hour(DELETIONS, received_at)}/0a1b2c3d{next(self.ticks):010d}-0.parquet",
            [
                {"id": tweet_id, "source": source, "deleted_at": received_at, **position}
                for tweet_id in tweet_ids
            ],
            DELETIONS_FILE_SCHEMA,
        )
        os.utime(path, (received_at.timestamp(), received_at.timestamp()))
        return path

    def store_both(self, *rows: dict[str, Any]) -> None:
        """Store tweets and, as the only ones of their hours, their counts."""
        self.store_tweets(*rows)
        minutes = Counter(
            (row["created_at"].replace(second=0, microsecond=0), row["category"]) for row in rows
        )
        self.store_counts(dict(minutes))

    def write(self, path: str, rows: list[dict[str, Any]], schema: pa.Schema) -> Path:
        """Write a Parquet file and rename it into place."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = target.with_name(f"_{target.name}.staged")
        pq.write_table(pa.Table.from_pylist(rows, schema), staged, compression="zstd")
        staged.replace(target)
        self._touch(target, target.parent)
        return target

    def store_damaged(self, dataset: str, contents: list[bytes]) -> list[Path]:
        """Store files of any content, each newer than any other of the hour of `NOW`."""
        folder = self.path / locate_hour(dataset, NOW)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"damaged{n:03}.parquet" for n in range(len(contents))]
        for seconds, (path, content) in enumerate(zip(paths, contents, strict=True), start=1):
            path.write_bytes(content)
            os.utime(path, (NOW.timestamp() + seconds,) * 2)
        self._touch(folder)
        return paths

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()
        self._touch(path.parent)

    def _touch(self, *paths: Path) -> None:
        changed_at = (NOW - timedelta(days=1)).timestamp() + next(self.ticks)
        for path in paths:
            os.utime(path, (changed_at, changed_at))
