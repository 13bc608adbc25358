"""One run of the streaming query: from where the ledger ends, batch by batch into the data root."""

import json
import logging
import threading
import time
from dataclasses import dataclass
from uuid import uuid4

from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from access.kafka.access import KafkaAccess
from jobs.batches import recover, store_batch
from jobs.classify import classify_tweets
from jobs.hadoop_files import HadoopFiles
from jobs.lease import Lease
from jobs.ledger import load_ledger, name_commit
from jobs.live_model import LiveModel
from jobs.messages import (
    TimeLimits,
    parse_messages,
    select_deletions,
    select_rejected,
    select_tweets,
)
from jobs.staging import Batch, StoredBatch
from jobs.topic import ask_topic, choose_starting_offsets
from models.datasets import CHECKPOINT

log = logging.getLogger("tweets")


@dataclass(frozen=True)
class Reading:
    """What to read from Kafka, and how much of it at once."""

    kafka: KafkaAccess
    topic: str
    trigger_seconds: float
    max_offsets_per_trigger: int
    time_limits: TimeLimits
    available_now: bool = False


class Stopped(Exception):
    """A batch was offered after the query had been asked to stop."""


class TweetQuery:
    """One run of the streaming query; a new one is made for each start."""

    def __init__(
        self,
        spark: SparkSession,
        files: HadoopFiles,
        lease: Lease,
        model: LiveModel,
        reading: Reading,
    ) -> None:
        self._spark = spark
        self._files = files
        self._lease = lease
        self._model = model
        self._reading = reading
        self._checkpoint = f"{CHECKPOINT}/{uuid4().hex[:8]}"
        self._stopping = threading.Event()
        self._storing = threading.Lock()
        self.stored_count = 0
        self.failure: Exception | None = None

    def start(self) -> StreamingQuery:
        """Bring the data root to rest, then read from where the ledger ends."""
        self._lease.check()
        entries = recover(self._files)
        topic = ask_topic(self._reading.kafka, self._reading.topic, "Read")
        self._topic_id = topic.topic_id
        ledger = load_ledger(self._files, entries)
        self._next_offsets = choose_starting_offsets(topic, ledger)
        trigger: dict[str, str | bool] = (
            {"availableNow": True}
            if self._reading.available_now
            else {"processingTime": f"{self._reading.trigger_seconds} seconds"}
        )
        self._query = (
            self._read_messages()
            .writeStream.queryName("classify_tweets")
            .option("checkpointLocation", self._files.locate(self._checkpoint))
            .trigger(**trigger)  # type: ignore[arg-type]
            .foreachBatch(self._store_messages)
            .start()
        )
        return self._query

    def stop(self) -> None:
        """Let the batch at work finish, then stop."""
        self._stopping.set()
        with self._storing:
            pass
        self._query.stop()

    def _read_messages(self) -> DataFrame:
        starting = {self._reading.topic: {str(k): v for k, v in self._next_offsets.items()}}
        return (
            self._spark.readStream.format("kafka")
            .options(**self._reading.kafka.spark_options())
            .option("subscribe", self._reading.topic)
            .option("startingOffsets", json.dumps(starting))
            .option("maxOffsetsPerTrigger", self._reading.max_offsets_per_trigger)
            .option("failOnDataLoss", "true")
            .option("kafka.isolation.level", "read_committed")
            .option("kafka.max.poll.records", 5_000)
            .option("kafka.max.partition.fetch.bytes", 4 << 20)
            .load()
        )

    def _store_messages(self, messages: DataFrame, batch_id: int) -> None:
        with self._storing:
            if self._stopping.is_set():
                raise Stopped  # To return would tell Spark that the batch is stored.
            started = time.monotonic()
            try:
                batch = self._build_batch(messages, batch_id)
                if batch.until_offsets == batch.from_offsets:
                    return  # Spark offers a first batch even where there is nothing new.
                stored = store_batch(self._files, self._lease, batch)
            except Exception as error:
                self.failure = error  # Spark passes on no more than its text.
                raise
            self._next_offsets = stored.commit.until_offsets
            self.stored_count += 1
            log.info(describe_batch(stored, batch_id, time.monotonic() - started))

    def _build_batch(self, messages: DataFrame, batch_id: int) -> Batch:
        observation = Observation()
        parsed = parse_messages(messages, self._reading.time_limits, observation)
        model = self._model.load()
        until_offsets = self._next_offsets | self._read_until_offsets(batch_id)
        return Batch(
            commit=name_commit(self._checkpoint.rpartition("/")[2], batch_id),
            topic=self._reading.topic,
            topic_id=self._topic_id,
            from_offsets={
                partition: self._next_offsets.get(partition, 0) for partition in until_offsets
            },
            until_offsets=until_offsets,
            classified_tweets=classify_tweets(
                select_tweets(parsed),
                model.pipeline,
                model.categories,
                model.threshold,
                model.version,
            ),
            rejected=select_rejected(parsed),
            deletions=select_deletions(parsed),
            observation=observation,
            model_version=model.version,
        )

    def _read_until_offsets(self, batch_id: int) -> dict[int, int]:
        # Spark writes the ends of a batch into its offset log before it offers the batch: a line
        # of version, a line of metadata, and one line of JSON for each source.
        content = self._files.read(f"{self._checkpoint}/offsets/{batch_id}").decode()
        ends = json.loads(content.splitlines()[2])[self._reading.topic]
        return {int(partition): offset for partition, offset in ends.items()}


def describe_batch(stored: StoredBatch, batch_id: int, seconds: float) -> str:
    """Say in one line what a batch held and how long it took."""
    commit = stored.commit
    counts = ", ".join(f"{name} {count}" for name, count in stored.category_counts.most_common())
    return (
        f"batch {batch_id}: {commit.tweet_count} tweets ({counts or 'none'}), "
        f"{commit.rejected_count} rejected, {commit.deletion_count} deleted, {seconds:.2f} s"
    )
