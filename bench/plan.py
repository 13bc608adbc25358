"""From a load and what is known of the parts, to what it takes to bear it."""

import math
from dataclasses import dataclass

from bench.assumptions import Assumptions
from bench.batches import Batches, Load, plan_batches

COUNTS_FILES_PER_DAY = 24
"""One small file of counts for each hour."""
FOLDERS_PER_DAY = 24 * 2 + 2
"""Those of the hours of tweets and of counts, and of their two days."""


@dataclass(frozen=True)
class KafkaPlan:
    """Brokers and what they hold; `cores` are those that all brokers together keep busy.

    `record_batch` is how many messages a producer sends in one, which are compressed together.
    """

    brokers: int
    partitions: int
    record_batch: float
    bytes_per_message: float
    disk_per_broker: float
    cores: float
    producers: int


@dataclass(frozen=True)
class SparkPlan:
    """Executors and the driver; memory in bytes, of the driver with a restart on the last day.

    `restart_seconds` is what a restart on that day takes to list the ledger.
    """

    executors: int
    cores_per_executor: int
    memory_per_executor: float
    driver_memory: float
    restart_seconds: float


@dataclass(frozen=True)
class HdfsPlan:
    """What is stored: bytes with their replicas; files with those of ledger and counts.

    `file_bytes` is the size of a file of tweets, `entries` of the ledger, `objects` the files,
    folders and blocks that the NameNode keeps in memory.
    """

    file_bytes: float
    bytes_per_day: float
    bytes: float
    datanodes: int
    files_per_day: float
    blocks_per_day: float
    objects_per_day: float
    entries_per_day: float
    namenode_heap: float


@dataclass(frozen=True)
class Plan:
    """What it takes to bear a load."""

    load: Load
    batches: Batches
    kafka: KafkaPlan
    spark: SparkPlan
    hdfs: HdfsPlan


def plan_capacity(load: Load, known: Assumptions) -> Plan:
    """Plan for a load; `ImpossibleLoad` if its trigger is too short for it."""
    batches = plan_batches(load, known)
    return Plan(
        load,
        batches,
        plan_kafka(load, batches, known),
        plan_spark(load, batches, known),
        plan_hdfs(load, batches, known),
    )


def plan_kafka(load: Load, batches: Batches, known: Assumptions) -> KafkaPlan:
    """Take as many brokers as the replicas, the new bytes, the partitions or the disks want."""
    rate = load.tweets_per_second
    partitions = max(int(known.partitions), batches.cores)
    producers = math.ceil(rate * known.producer_seconds_per_tweet)
    record_batch = count_record_batch(rate / producers, partitions, known)
    bytes_per_message = size_message(record_batch, known)
    kept = rate * bytes_per_message * known.retention_seconds * known.replicas
    brokers = max(
        known.replicas,
        rate * bytes_per_message / known.broker_bytes_per_second,
        partitions * known.replicas / known.broker_replicas,
        kept / known.broker_disk,
    )
    return KafkaPlan(
        brokers=math.ceil(brokers),
        partitions=partitions,
        record_batch=record_batch,
        bytes_per_message=bytes_per_message,
        disk_per_broker=kept / math.ceil(brokers),
        cores=rate * known.broker_seconds_per_tweet,
        producers=producers,
    )


def count_record_batch(producer_rate: float, partitions: float, known: Assumptions) -> float:
    """Count the messages of a record batch: the first, and those that come while it waits."""
    return 1 + producer_rate / partitions * known.linger_seconds


def size_message(record_batch: float, known: Assumptions) -> float:
    """Tell how many bytes a broker writes for one of so many messages compressed together."""
    return known.bytes_per_message + known.bytes_per_record_batch / record_batch


def plan_spark(load: Load, batches: Batches, known: Assumptions) -> SparkPlan:
    """Share the cores of a batch out to executors."""
    executors = math.ceil(max(known.least_executors, batches.cores / known.cores_per_executor))
    cores = math.ceil(batches.cores / executors)
    entries = batches.per_day * load.days
    return SparkPlan(
        executors=executors,
        cores_per_executor=cores,
        memory_per_executor=cores * known.memory_per_core,
        driver_memory=known.driver_memory
        + entries * (known.heap_per_entry + known.python_bytes_per_entry),
        restart_seconds=entries * known.listing_seconds_per_entry,
    )


def plan_hdfs(load: Load, batches: Batches, known: Assumptions) -> HdfsPlan:
    """Add up what the batches of all days leave."""
    file_bytes = known.bytes_per_file + known.bytes_per_tweet * batches.messages / batches.files
    tweet_files = batches.files * batches.per_day
    files = tweet_files + batches.per_day + COUNTS_FILES_PER_DAY
    blocks = files + tweet_files * (math.ceil(file_bytes / known.block_bytes) - 1)
    entries_bytes = batches.per_day * known.bytes_per_entry
    bytes_per_day = known.replicas * (tweet_files * file_bytes + entries_bytes)
    return HdfsPlan(
        file_bytes=file_bytes,
        bytes_per_day=bytes_per_day,
        bytes=bytes_per_day * load.days,
        datanodes=math.ceil(max(known.replicas, bytes_per_day * load.days / known.datanode_disk)),
        files_per_day=files,
        blocks_per_day=blocks,
        objects_per_day=files + blocks + FOLDERS_PER_DAY,
        entries_per_day=batches.per_day,
        namenode_heap=max(1e9, blocks * load.days * known.heap_per_block),
    )
