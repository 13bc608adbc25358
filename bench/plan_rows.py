"""A plan for people: each number with the reason for it."""

from typing import NamedTuple

from bench.assumptions import Assumptions
from bench.plan import Plan
from bench.quantities import format_number, format_quantity


class Row(NamedTuple):
    """A line of a plan: what, how much of it, and why so much."""

    what: str
    how_much: str
    reason: str


def describe_plan(plan: Plan, known: Assumptions) -> list[Row]:
    """Describe all of a plan, from the producers to the NameNode."""
    return [
        *describe_kafka(plan, known),
        *describe_batches(plan, known),
        *describe_spark(plan, known),
        *describe_hdfs(plan, known),
    ]


def describe_kafka(plan: Plan, known: Assumptions) -> list[Row]:
    """Describe what takes the tweets in."""
    kafka = plan.kafka
    return [
        Row(
            "producers",
            format_number(kafka.producers),
            f"a tweet costs one {known.producer_seconds_per_tweet}",
        ),
        Row(
            "bytes of a message",
            format_quantity(kafka.bytes_per_message, "B"),
            f"{known.bytes_per_message}, and {known.bytes_per_record_batch} shared by the "
            f"{format_number(kafka.record_batch)} that come to one partition in "
            f"{known.linger_seconds}",
        ),
        Row(
            "brokers",
            format_number(kafka.brokers),
            f"{known.replicas}; {known.broker_bytes_per_second} a second and broker; "
            f"{known.broker_disk} of disk each",
        ),
        Row(
            "disk of a broker",
            format_quantity(kafka.disk_per_broker, "B"),
            f"kept for {known.retention_seconds}, {known.replicas}",
        ),
        Row(
            "cores of all brokers",
            format_number(kafka.cores),
            f"a tweet costs them {known.broker_seconds_per_tweet}, written and read",
        ),
        Row(
            "partitions",
            format_number(kafka.partitions),
            f"one for each core that works on a batch, and no fewer than {known.partitions}",
        ),
    ]


def describe_batches(plan: Plan, known: Assumptions) -> list[Row]:
    """Describe a batch."""
    batches = plan.batches
    return [
        Row(
            "a batch every",
            f"{batches.interval_seconds:.3g} s",
            "TWEETS_TRIGGER_SECONDS, or as long as a batch takes",
        ),
        Row(
            "messages of a batch",
            format_number(batches.messages),
            "TWEETS_MAX_OFFSETS_PER_TRIGGER must be more",
        ),
        Row(
            "time of a batch",
            format_quantity(batches.seconds, "s"),
            f"{known.seconds_per_batch}, {known.seconds_per_file} a file, "
            f"{known.core_seconds_per_tweet} a tweet, shared by {batches.cores} core(s)",
        ),
        Row(
            "files of a batch",
            format_number(batches.files),
            f"one for each task; one in all below {known.small_batch}; twice as many where "
            "a batch spans two hours",
        ),
    ]


def describe_spark(plan: Plan, known: Assumptions) -> list[Row]:
    """Describe who works on the batches."""
    spark = plan.spark
    return [
        Row(
            "executors",
            f"{spark.executors} of {spark.cores_per_executor} core(s)",
            f"{plan.batches.cores} core(s) at work for {plan.batches.busy_share:.0%} of the time, "
            f"wanted is {known.busy_share} at most; {known.cores_per_executor} each; "
            f"{known.least_executors} at least",
        ),
        Row(
            "memory of an executor",
            format_quantity(spark.memory_per_executor, "B"),
            f"{known.memory_per_core} for each core",
        ),
        Row(
            "memory of the driver",
            format_quantity(spark.driver_memory, "B"),
            f"JVM and Python at their peak {known.driver_memory}; a restart on the last day lists "
            f"the ledger, {known.heap_per_entry} an entry and as Python has them "
            f"{known.python_bytes_per_entry}",
        ),
        Row(
            "a restart then takes",
            format_quantity(spark.restart_seconds, "s"),
            f"to list the ledger, {known.listing_seconds_per_entry} an entry",
        ),
    ]


def describe_hdfs(plan: Plan, known: Assumptions) -> list[Row]:
    """Describe what is stored."""
    hdfs, days = plan.hdfs, plan.load.days
    return [
        Row(
            "HDFS a day",
            format_quantity(hdfs.bytes_per_day, "B"),
            f"{known.bytes_per_tweet} a tweet, {known.bytes_per_file} a file, "
            f"{known.bytes_per_entry} an entry of the ledger, {known.replicas}",
        ),
        Row(
            f"HDFS for {days:g} days",
            format_quantity(hdfs.bytes, "B"),
            f"{days:g} times that; a file of tweets has {format_quantity(hdfs.file_bytes, 'B')}",
        ),
        Row(
            "DataNodes",
            format_number(hdfs.datanodes),
            f"{known.replicas}; {known.datanode_disk} each",
        ),
        Row(
            "files a day",
            format_number(hdfs.files_per_day),
            "of tweets, one more a batch for the ledger, 24 of counts; one more a batch each for "
            "rejected messages and deletions, where there are any",
        ),
        Row(
            "NameNode objects a day",
            format_number(hdfs.objects_per_day),
            f"the file and each of its blocks of {known.block_bytes}, and folders",
        ),
        Row(
            "heap of the NameNode",
            format_quantity(hdfs.namenode_heap, "B"),
            f"{known.heap_per_block} a block, for {days:g} days",
        ),
        Row(
            "ledger entries a day",
            format_number(hdfs.entries_per_day),
            f"one a batch; the folder holds {known.folder_limit}",
        ),
    ]
