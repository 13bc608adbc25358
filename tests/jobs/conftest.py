"""Batches of literal rows, and the data root as a stranger's pyarrow sees it."""

import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import hdfs
import pyarrow.parquet as pq
import pytest
from literal_messages import RECEIVED_AT, build_messages, build_rows
from pyspark.sql import DataFrame, Observation, SparkSession

from access.hdfs.access import HdfsAccess
from access.stored_files import StoredFiles, open_stored_files
from jobs.ledger import name_commit
from jobs.messages import (
    TimeLimits,
    parse_messages,
    select_deletions,
    select_rejected,
    select_tweets,
)
from jobs.staging import Batch
from models.datasets import TWEETS_COLUMNS
from models.tweet import Tweet, build_message, compose_delete, format_time


@dataclass(frozen=True)
class DataRoot:
    """An empty data root, and a stranger's way to read it."""

    uri: str
    stored_files: StoredFiles
    client: hdfs.Client | None

    def read_dataset(self, name: str) -> list[dict]:
        """Read every row of every Parquet file that a stranger would find."""
        rows: list[dict] = []
        for content in self._find_parquet(name):
            rows += pq.read_table(io.BytesIO(content)).to_pylist()
        return rows

    def read_positions(self) -> Counter[tuple[int, int]]:
        """Count the rows at each partition and offset."""
        return Counter(
            (row["partition"], row["offset"])
            for name in ("tweets", "rejected", "deletions")
            for row in self.read_dataset(name)
        )

    def _find_parquet(self, name: str) -> list[bytes]:
        if self.client is None:
            folder = Path(self.uri.removeprefix("file:")) / name
            return [path.read_bytes() for path in sorted(folder.rglob("*.parquet"))]
        root = f"/{self.uri.split('/', 3)[3]}/{name}"
        if self.client.status(root, strict=False) is None:
            return []
        contents = []
        for folder, _, names in self.client.walk(root):
            for file_name in names:
                with self.client.read(f"{folder}/{file_name}") as reader:
                    contents.append(reader.read())
        return contents


@pytest.fixture
def local_root(tmp_path) -> DataRoot:
    uri = f"file:{tmp_path}/data"
    return DataRoot(uri, open_stored_files(uri, HdfsAccess(())), None)


@pytest.fixture
def hdfs_root(stack) -> DataRoot:
    uri = f"{stack.hdfs_url}/test-{uuid4().hex[:8]}"
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)
    return DataRoot(uri, open_stored_files(uri, HdfsAccess((stack.webhdfs_url,))), client)


@pytest.fixture
def parse(spark: SparkSession):
    def parse(*values: bytes | None) -> DataFrame:
        return parse_messages(build_messages(spark, values), TimeLimits(), Observation())

    return parse


@pytest.fixture(scope="session")
def build_batch(spark: SparkSession):
    """Build a batch that follows the offsets given: broken messages, tweets, deletes of them."""

    def build(
        run_id: str,
        batch_id: int,
        from_offsets: dict[int, int],
        *,
        tweets_per_partition: int = 4,
        broken_per_partition: int = 1,
        deleted_per_partition: int = 1,
    ) -> Batch:
        until_offsets = {}
        messages = []
        for partition, start in from_offsets.items():
            first_tweet = start + broken_per_partition
            tweets = range(first_tweet, first_tweet + tweets_per_partition)
            deleted = range(first_tweet, first_tweet + deleted_per_partition)
            values = [
                *[b"broken"] * broken_per_partition,
                *(_write_tweet(partition, offset) for offset in tweets),
                *(_write_delete(partition, offset) for offset in deleted),
            ]
            until_offsets[partition] = start + len(values)
            messages += [
                (value, "tweets", partition, offset, RECEIVED_AT)
                for offset, value in enumerate(values, start)
            ]
        observation = Observation()
        parsed = parse_messages(build_rows(spark, messages), TimeLimits(), observation)
        return Batch(
            name_commit(run_id, batch_id),
            "tweets",
            "topic-1",
            from_offsets,
            until_offsets,
            _pretend_to_classify(select_tweets(parsed)),
            select_rejected(parsed),
            select_deletions(parsed),
            observation,
            "v1",
        )

    return build


def _pretend_to_classify(tweets: DataFrame) -> DataFrame:
    classified = tweets.selectExpr(
        "*",
        "IF(offset % 2 = 0, 'food', 'sports') AS category",
        "0.5D AS confidence",
        "'v1' AS model_version",
    )
    return classified.select([part.strip().split(" ")[0] for part in TWEETS_COLUMNS.split(",")])


def _write_tweet(partition: int, offset: int) -> bytes:
    # Two hours, so that a batch touches more than one folder.
    created_at = RECEIVED_AT.replace(hour=8 + offset % 2, minute=offset % 3)
    return build_message(
        Tweet(f"{partition}-{offset}", "some text", created_at, "u1", "ann", "Ann", "en", "test")
    )


def _write_delete(partition: int, offset: int) -> bytes:
    return compose_delete(f"{partition}-{offset}", "test", format_time(RECEIVED_AT))
