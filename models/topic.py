"""The topic as Kafka describes it: its id, its partitions, where they begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import for_code

_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: `topic_id` changes when it is created anew; offsets are per partition, the
    latest exclusive."""

    name: str
    topic_id: str
    earliest_offsets: dict[int, int]
    latest_offsets: dict[int, int]


def describe_topic(servers: Sequence[str], name: str) -> Topic:
    """Ask Kafka, at `host:port` each, about a topic.

    Raises `KafkaError` if there is none or no answer, `ValueError` if a server is no address.
    """
    admin = KafkaAdminClient(
        bootstrap_servers=list(servers),
        bootstrap_timeout_ms=_TIMEOUT_MS,
        request_timeout_ms=_TIMEOUT_MS,
    )
    try:
        (description,) = admin.describe_topics([name])
        if description["error_code"]:
            raise for_code(description["error_code"])(name)
        partitions = [
            TopicPartition(name, partition["partition_index"])
            for partition in description["partitions"]
        ]
        earliest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        latest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    finally:
        admin.close()
    return Topic(
        name,
        str(description["topic_id"]),
        {partition.partition: found.offset for partition, found in earliest.items()},
        {partition.partition: found.offset for partition, found in latest.items()},
    )
