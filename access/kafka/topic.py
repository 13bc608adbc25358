"""The topic as Kafka describes it: its id, its partitions, where they begin and end."""

from dataclasses import dataclass
from typing import Literal

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import TopicAuthorizationFailedError, for_code

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.admin import TIMEOUT_SECONDS, open_admin

Operation = Literal["Describe", "Read", "Write"]
_VERBS: dict[Operation, str] = {"Describe": "see", "Read": "read", "Write": "write to"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: `topic_id` changes when it is created anew; offsets are per partition, the
    latest exclusive."""

    name: str
    topic_id: str
    earliest_offsets: dict[int, int]
    latest_offsets: dict[int, int]


def describe_topic(
    access: KafkaAccess,
    name: str,
    operation: Operation = "Describe",
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Topic:
    """Ask Kafka about a topic with which we are going to do something.

    Raises `KafkaAccessError` if it does not want us as we come or does not let us do that,
    `KafkaError` or `OSError` if there is no such topic or no answer.
    """
    with open_admin(access, timeout_seconds) as admin:
        (description,) = admin.describe_topics([name])
        allowed = description["authorized_operations"]
        # Kafka hides the topics that an account may not see, be they there or not.
        is_hidden = description["error_code"] == TopicAuthorizationFailedError.errno
        if is_hidden or (allowed is not None and operation.upper() not in allowed):
            raise KafkaAccessError(
                f"Kafka at {access.bootstrap_servers} does not let {access.account} "
                f"{_VERBS[operation]} topic {name}: ask those who run it for that right, which "
                "docs/kafka-access.md names, or correct TWEETS_TOPIC."
            )
        if description["error_code"]:
            raise for_code(description["error_code"])(name)
        partitions = [
            TopicPartition(name, partition["partition_index"])
            for partition in description["partitions"]
        ]
        earliest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        latest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    return Topic(
        name,
        str(description["topic_id"]),
        {partition.partition: found.offset for partition, found in earliest.items()},
        {partition.partition: found.offset for partition, found in latest.items()},
    )
