"""Storing one micro-batch exactly once: stage, commit by one rename, publish.

Before the commit the batch never happened; after it, it will become visible, whatever crashes.
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
from jobs.lease import Lease
from jobs.ledger import COMMIT_FILE, Commit, write_commit
from models.datasets import (
    CATEGORY_COUNTS,
    CHECKPOINT,
    COMMITS,
    COUNTS_FILE,
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

    `observation` is that of `parse_messages`, from which both DataFrames were made.
    """

    commit: str
    topic: str
    topic_id: str
    from_offsets: dict[int, int]
    until_offsets: dict[int, int]
    classified_tweets: DataFrame
    rejected: DataFrame
    observation: Observation
    model_version: str


@dataclass(frozen=True)
class StoredBatch:
    """A stored micro-batch: its ledger entry, and its tweets per category."""

    commit: Commit
    category_counts: Counter[str]


def store_batch(files: HadoopFiles, lease: Lease, batch: Batch) -> StoredBatch:
    """Store a batch; on return it is visible to every reader, after an exception it may become so.

    Raises `LeaseLost` if another writer has taken over: then nothing of the batch was stored.
    """
    staged = _stage_batch(files, batch)
    lease.check()
    files.rename(f"{STAGING}/{batch.commit}", f"{COMMITS}/{batch.commit}")
    _publish_commit(files, batch.commit)
    return staged


def recover(files: HadoopFiles) -> None:
    """Bring the data root to rest before a new run: nothing staged, every commit published.

    What was staged goes first, so that a late commit of a writer that lost its lease fails.
    """
    files.delete(STAGING)
    files.delete(CHECKPOINT)
    for entry in files.list_folder(COMMITS):
        if not entry.path.endswith(".json"):
            _publish_commit(files, entry.path.removeprefix(f"{COMMITS}/"))


def _stage_batch(files: HadoopFiles, batch: Batch) -> StoredBatch:
    started_at = time.time()
    staging = f"{STAGING}/{batch.commit}"
    offsets_passed = sum(batch.until_offsets.values()) - sum(batch.from_offsets.values())
    is_small = offsets_passed < MESSAGES_PER_SMALL_BATCH

    _write_rows(
        batch.classified_tweets, "created_at", files.locate(f"{staging}/{TWEETS}"), is_small
    )
    observed = batch.observation.get
    read_count, rejected_count = observed["read_count"], observed["rejected_count"]
    if rejected_count:
        _write_rows(batch.rejected, "received_at", files.locate(f"{staging}/{REJECTED}"), is_small)
    _name_files(files, staging, batch.commit)

    cells = _count_staged(files, batch.classified_tweets.sparkSession, staging)
    tweet_count = cells.total()
    if tweet_count + rejected_count != read_count or read_count > offsets_passed:
        raise BatchMiscounted(
            f"Batch {batch.commit} read {read_count} messages at {offsets_passed} offsets, but has "
            f"{tweet_count} tweets and {rejected_count} rejected; it was not stored."
        )
    for hour, added in group_by_hour(cells).items():
        _stage_counts(files, staging, hour, added)

    commit = Commit(
        batch.commit,
        batch.topic,
        batch.topic_id,
        batch.from_offsets,
        batch.until_offsets,
        read_count,
        tweet_count,
        rejected_count,
        batch.model_version,
        started_at,
        time.time(),
    )
    files.write(f"{staging}/{COMMIT_FILE}", write_commit(commit))
    category_counts: Counter[str] = Counter()
    for cell, count in cells.items():
        category_counts[cell.category] += count
    return StoredBatch(commit, category_counts)


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


def _name_files(files: HadoopFiles, staging: str, commit: str) -> None:
    for number, path in enumerate(files.walk_files(staging)):
        folder = path.rpartition("/")[0]
        files.rename(path, f"{folder}/{commit}-{number}.parquet")


def _count_staged(files: HadoopFiles, spark: SparkSession, staging: str) -> Counter[Cell]:
    # Reading two columns of the files back costs less than keeping the rows for a second action.
    staged_tweets = spark.read.schema(TWEETS_COLUMNS).parquet(files.locate(f"{staging}/{TWEETS}"))
    return sum_cells(count_categories(staged_tweets).collect())


def _stage_counts(files: HadoopFiles, staging: str, hour: datetime, added: Counter[Cell]) -> None:
    path = f"{locate_hour(CATEGORY_COUNTS, hour)}/{COUNTS_FILE}"
    try:
        stored = read_cells(pq.read_table(pa.BufferReader(files.read(path))))
    except FileNotFoundError:
        stored = Counter()
    buffer = pa.BufferOutputStream()
    pq.write_table(build_counts_table(stored + added), buffer, compression="zstd")
    files.write(f"{staging}/{path}", buffer.getvalue().to_pybytes())


def _publish_commit(files: HadoopFiles, commit: str) -> None:
    folder = f"{COMMITS}/{commit}"
    paths = [path.removeprefix(f"{folder}/") for path in files.walk_files(folder)]
    is_entered = COMMIT_FILE not in paths
    for path in paths:
        if path != COMMIT_FILE:
            files.rename(f"{folder}/{path}", path, overwrite=path.startswith(CATEGORY_COUNTS))
    if not is_entered:
        files.rename(f"{folder}/{COMMIT_FILE}", f"{folder}.json")
    files.delete(folder)
