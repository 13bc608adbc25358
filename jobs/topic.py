"""The topic as Kafka describes it: its id, its partitions and where they begin."""

from dataclasses import dataclass

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError, UnknownTopicOrPartitionError, for_code

from jobs.ledger import Ledger

_TIMEOUT_MS = 10_000


class TopicUnusable(Exception):
    """The topic cannot be read from where the ledger ends; the message says why and what to do."""


class TopicUnreachable(Exception):
    """Kafka does not answer, or does not know the topic, for now."""


@dataclass(frozen=True)
class Topic:
    """A topic: `topic_id` changes when it is created anew; offsets are per partition, the
    latest exclusive."""

    name: str
    topic_id: str
    earliest_offsets: dict[int, int]
    latest_offsets: dict[int, int]


def describe_topic(bootstrap_servers: str, name: str) -> Topic:
    """Ask Kafka about a topic; `TopicUnreachable` with a sentence if it cannot tell."""
    try:
        return _ask_kafka(bootstrap_servers.split(","), name)
    except ValueError as error:
        raise TopicUnusable(
            f"TWEETS_BOOTSTRAP_SERVERS is {bootstrap_servers!r} ({error}): write host:port, "
            "separated by commas."
        ) from None
    except UnknownTopicOrPartitionError:
        raise TopicUnreachable(
            f"Kafka at {bootstrap_servers} has no topic {name}: create it, or correct TWEETS_TOPIC."
        ) from None
    except KafkaError as error:
        raise TopicUnreachable(
            f"Kafka at {bootstrap_servers} does not answer ({error}): start it, "
            "or correct TWEETS_BOOTSTRAP_SERVERS."
        ) from None


def _ask_kafka(servers: list[str], name: str) -> Topic:
    admin = KafkaAdminClient(
        bootstrap_servers=servers, bootstrap_timeout_ms=_TIMEOUT_MS, request_timeout_ms=_TIMEOUT_MS
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


def choose_starting_offsets(topic: Topic, ledger: Ledger) -> dict[int, int]:
    """Go on where the ledger ends, and at the beginning of partitions that it does not know.

    Raises `TopicUnusable` where that would pass messages over or read others again.
    """
    if ledger.topic_id not in (None, topic.topic_id):
        raise TopicUnusable(
            f"Topic {topic.name} has been created anew since it was last read (its id is "
            f"{topic.topic_id}, the ledger knows {ledger.topic_id}): its offsets start again, so "
            "its tweets need another TWEETS_DATA_ROOT."
        )
    for partition, next_offset in sorted(ledger.next_offsets.items()):
        earliest = topic.earliest_offsets.get(partition, 0)
        if earliest > next_offset:
            raise TopicUnusable(
                f"Kafka has deleted offsets {next_offset} to {earliest - 1} of partition "
                f"{partition} of {topic.name} before they were stored: to go on without them, "
                "give the job another TWEETS_DATA_ROOT."
            )
    return {**topic.earliest_offsets, **ledger.next_offsets}
