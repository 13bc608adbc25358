"""The first step of storing a micro-batch: all its files, staged as they will stand.

Readers see nothing of them, and a batch whose parts do not add up goes no further.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from jobs.counts import (
    Cell,
    build_counts_table,
    count_categories,
    group_by_hour,
    read_cells,
    sum_cells,
)
from jobs.hadoop_files import HadoopFiles
from jobs.ledger import COMMIT_FILE, Commit, write_commit
from models.datasets import (
    CATEGORY_COUNTS,
    COUNTS_FILE,
    DELETIONS,
    REJECTED,
    STAGING,
    TWEETS,
    TWEETS_COLUMNS,
    locate_hour,
)

# Below this many messages one task writes one file per hour; more files would cost each reader and
# the NameNode more than a second task could save.
MESSAGES_PER_SMALL_BATCH = 50_000


WRITE_OPTIONS = {
    "compression": "zstd",
    "parquet.compression.codec.zstd.level": "1",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    # No two values are alike in these columns: a dictionary would be built only to be thrown away.
    "parquet.enable.dictionary#id": "false",
    "parquet.enable.dictionary#text": "false",
    "parquet.enable.dictionary#confidence": "false",
    "parquet.enable.dictionary#offset": "false",
}


class BatchMiscounted(Exception):
    """A batch's parts do not add up; nothing of it was stored."""


@dataclass(frozen=True)
class Batch:
    """A micro-batch to be stored: its rows, not computed yet, and the offsets they come from.

    `observation` is that of `parse_messages`, from which the DataFrames were made.
    """

    commit: str
    topic: str
    topic_id: str
    from_offsets: dict[int, int]
    until_offsets: dict[int, int]
    classified_tweets: DataFrame
    rejected: DataFrame
    deletions: DataFrame
    observation: Observation
    model_version: str

    @property
    def offset_count(self) -> int:
        """How many offsets it passes; there may be fewer messages."""
        return sum(self.until_offsets.values()) - sum(self.from_offsets.values())


@dataclass(frozen=True)
class StoredBatch:
    """A stored micro-batch: its ledger entry, and its tweets per category."""

    commit: Commit
    category_counts: Counter[str]


def stage_batch(files: HadoopFiles, batch: Batch) -> StoredBatch:
    """Write a batch's files and its ledger entry; raise `BatchMiscounted` if it is not whole."""
    started_at = time.time()
    staging = f"{STAGING}/{batch.commit}"
    _write_datasets(files, batch, staging)
    name_files(files, staging, batch.commit)

    cells = _count_staged(files, batch.classified_tweets.sparkSession, staging)
    observed = batch.observation.get
    commit = Commit(
        commit=batch.commit,
        topic=batch.topic,
        topic_id=batch.topic_id,
        from_offsets=batch.from_offsets,
        until_offsets=batch.until_offsets,
        read_count=observed["read_count"],
        tweet_count=cells.total(),
        rejected_count=observed["rejected_count"],
        deletion_count=observed["deletion_count"],
        model_version=batch.model_version,
        started_at=started_at,
        committed_at=time.time(),
    )
    _check_counts(commit, batch.offset_count)
    for hour, added in group_by_hour(cells).items():
        _stage_counts(files, staging, hour, added)
    files.write(f"{staging}/{COMMIT_FILE}", write_commit(commit))

    category_counts: Counter[str] = Counter()
    for cell, count in cells.items():
        category_counts[cell.category] += count
    return StoredBatch(commit, category_counts)


def _write_datasets(files: HadoopFiles, batch: Batch, staging: str) -> None:
    is_small = batch.offset_count < MESSAGES_PER_SMALL_BATCH

    def write(rows: DataFrame, dataset: str, time_column: str) -> None:
        _write_rows(rows, time_column, files.locate(f"{staging}/{dataset}"), is_small)

    write(batch.classified_tweets, TWEETS, "created_at")
    # Each of the others reads the batch from Kafka again.
    observed = batch.observation.get
    if observed["rejected_count"]:
        write(batch.rejected, REJECTED, "received_at")
    if observed["deletion_count"]:
        write(batch.deletions, DELETIONS, "received_at")


def _write_rows(rows: DataFrame, time_column: str, folder: str, is_small: bool) -> None:
    partitioned = rows.withColumns(
        {
            "date": F.date_format(time_column, "yyyy-MM-dd"),
            "hour": F.date_format(time_column, "HH"),
        }
    )
    if is_small:
        partitioned = partitioned.coalesce(1)
    partitioned.write.options(**WRITE_OPTIONS).partitionBy("date", "hour").parquet(folder)


def name_files(files: HadoopFiles, staging: str, commit: str) -> None:
    """Name the staged files after their batch, so that no other batch has one of the same name."""
    for number, path in enumerate(files.walk_files(staging)):
        folder = path.rpartition("/")[0]
        files.rename(path, f"{folder}/{commit}-{number}.parquet")


def _count_staged(files: HadoopFiles, spark: SparkSession, staging: str) -> Counter[Cell]:
    # Reading two columns of the files back costs less than keeping the rows for a second action.
    staged_tweets = spark.read.schema(TWEETS_COLUMNS).parquet(files.locate(f"{staging}/{TWEETS}"))
    return sum_cells(count_categories(staged_tweets).collect())


def _check_counts(commit: Commit, offset_count: int) -> None:
    part_count = commit.tweet_count + commit.rejected_count + commit.deletion_count
    if part_count != commit.read_count or commit.read_count > offset_count:
        raise BatchMiscounted(
            f"Batch {commit.commit} read {commit.read_count} messages at {offset_count} offsets, "
            f"but has {commit.tweet_count} tweets, {commit.rejected_count} rejected and "
            f"{commit.deletion_count} deletions; it was not stored."
        )


def _stage_counts(files: HadoopFiles, staging: str, hour: datetime, added: Counter[Cell]) -> None:
    path = f"{locate_hour(CATEGORY_COUNTS, hour)}/{COUNTS_FILE}"
    try:
        stored = read_cells(pq.read_table(pa.BufferReader(files.read(path))))
    except FileNotFoundError:
        stored = Counter()
    buffer = pa.BufferOutputStream()
    pq.write_table(build_counts_table(stored + added), buffer, compression="zstd")
    files.write(f"{staging}/{path}", buffer.getvalue().to_pybytes())
