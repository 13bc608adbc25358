"""Batches of literal rows, and the data root as a stranger's pyarrow sees it."""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import hdfs
import pyarrow.parquet as pq
import pytest
from pyspark.sql import Observation, SparkSession

from jobs.batches import Batch
from jobs.ledger import name_commit
from jobs.messages import TimeLimits, parse_messages, select_rejected, select_tweets
from models.datasets import TWEETS_COLUMNS
from models.stored_files import StoredFiles, open_stored_files
from models.tweet import Tweet, build_message

RECEIVED_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KAFKA_COLUMNS = "value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP"


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
        rows = self.read_dataset("tweets") + self.read_dataset("rejected")
        return Counter((row["partition"], row["offset"]) for row in rows)

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
    return DataRoot(uri, open_stored_files(uri, ""), None)


@pytest.fixture
def hdfs_root(stack) -> DataRoot:
    uri = f"{stack.hdfs_url}/test-{uuid4().hex[:8]}"
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)
    return DataRoot(uri, open_stored_files(uri, stack.webhdfs_url), client)


@pytest.fixture(scope="session")
def build_batch(spark: SparkSession):
    """Build a batch of tweets and of broken messages that follows the offsets given."""

    def build(
        run_id: str,
        batch_id: int,
        from_offsets: dict[int, int],
        tweets_per_partition: int = 4,
        broken_per_partition: int = 1,
    ) -> Batch:
        until_offsets = {
            partition: start + tweets_per_partition + broken_per_partition
            for partition, start in from_offsets.items()
        }
        messages = []
        for partition, start in from_offsets.items():
            for offset in range(start, until_offsets[partition]):
                is_broken = offset - start < broken_per_partition
                text = b"broken" if is_broken else build_message(_build_tweet(partition, offset))
                messages.append((text, "tweets", partition, offset, RECEIVED_AT))
        observation = Observation()
        parsed = parse_messages(
            spark.createDataFrame(messages, KAFKA_COLUMNS), TimeLimits(), observation
        )
        classified = select_tweets(parsed).selectExpr(
            "*",
            "IF(offset % 2 = 0, 'food', 'sports') AS category",
            "0.5D AS confidence",
            "'v1' AS model_version",
        )
        columns = [part.strip().split(" ")[0] for part in TWEETS_COLUMNS.split(",")]
        return Batch(
            name_commit(run_id, batch_id),
            "tweets",
            "topic-1",
            from_offsets,
            until_offsets,
            classified.select(columns),
            select_rejected(parsed),
            observation,
            "v1",
        )

    return build


def _build_tweet(partition: int, offset: int) -> Tweet:
    # Two hours, so that a batch touches more than one folder.
    created_at = RECEIVED_AT.replace(hour=8 + offset % 2, minute=offset % 3)
    return Tweet(f"{partition}-{offset}", "some text", created_at, "u1", "ann", "Ann", "en", "test")
