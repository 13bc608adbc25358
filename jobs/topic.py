"""The topic that the job reads: from where on, and why it cannot be read."""

from kafka.errors import KafkaError, UnknownTopicOrPartitionError

from access.kafka.access import KafkaAccess
from access.kafka.tokens import TokenUnreachable
from access.kafka.topic import Operation, Topic, describe_topic
from jobs.ledger import Ledger


class TopicUnusable(Exception):
    """The topic cannot be read from where the ledger ends; the message says why and what to do."""


class TopicUnreachable(Exception):
    """Kafka does not answer, or does not know the topic, for now."""


def ask_topic(access: KafkaAccess, name: str, operation: Operation) -> Topic:
    """Ask Kafka about a topic with which we are going to do something.

    Raises `TopicUnreachable` with a sentence if it cannot tell, `KafkaAccessError` if it will not
    let us.
    """
    try:
        return describe_topic(access, name, operation)
    except UnknownTopicOrPartitionError:
        raise TopicUnreachable(
            f"Kafka at {access.bootstrap_servers} has no topic {name}: create it, or correct "
            "TWEETS_TOPIC."
        ) from None
    except TokenUnreachable as error:
        raise TopicUnreachable(str(error)) from None
    except (KafkaError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TopicUnreachable(
            f"Kafka at {access.bootstrap_servers} does not answer ({reason}): start it, "
            "or correct TWEETS_BOOTSTRAP_SERVERS."
        ) from None


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
