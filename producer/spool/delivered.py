"""Finds what an earlier run has delivered without noting it, so that nothing is sent twice.

A producer that is killed leaves messages in its spool of which Kafka has some. They are looked for
in the topic from where they must lie, and known by their key and value.
"""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import takewhile

from kafka.errors import KafkaError

from access.kafka.access import KafkaAccess
from access.kafka.consumer import Delivered, TopicSilent, read_topic
from access.kafka.tokens import TokenUnreachable
from access.kafka.topic import Topic, describe_topic
from producer.publish import PublishError
from producer.spool.acknowledged import Acknowledged
from producer.spool.spool import Spool
from producer.timer import Timer

Say = Callable[[str], None]


def settle_delivered(spool: Spool, access: KafkaAccess, name: str, timer: Timer, say: Say) -> None:
    """Settle what is in the topic already; to be called before anything is received or sent.

    Raises `PublishError` if Kafka does not answer or has no such topic, `KafkaAccessError` if it
    does not let us read it.
    """
    try:
        topic = describe_topic(access, name, "Read")
        if pending := _list_pending_by_digest(spool):
            count = sum(map(len, pending.values()))
            offsets = choose_offsets(spool.saved, topic, say)
            heard = takewhile(lambda _: not timer.stopped, read_topic(access, topic, offsets))
            found = _settle_found(spool, pending, filter(None, heard))
            if not timer.stopped:
                say(
                    f"The spool holds {count} messages of earlier runs: {found} are in topic "
                    f"{name} already, {count - found} are sent now."
                )
    except TokenUnreachable as error:
        raise PublishError(str(error)) from None
    except (KafkaError, OSError, TopicSilent) as error:
        raise PublishError(
            f"Kafka at {access.bootstrap_servers} does not tell what topic {name} has of the spool "
            f"({error}): see that its brokers run, then start again; the spool is kept."
        ) from None
    if not timer.stopped:
        spool.begin_topic(topic.topic_id, topic.latest_offsets)


def choose_offsets(saved: Acknowledged, topic: Topic, say: Say) -> dict[int, int]:
    """Tell from where on a topic has what was delivered and not noted, by partition."""
    if saved.topic_id not in ("", topic.topic_id):
        say(
            f"Topic {topic.name} has been created anew since the last run: what the spool holds "
            "cannot be in it."
        )
        return topic.latest_offsets
    known = saved.offsets if saved.topic_id else {}
    offsets = {}
    for partition, begin in topic.earliest_offsets.items():
        offset = known.get(partition, 0)
        if offset < begin:
            say(
                f"Kafka has deleted offsets {offset} to {begin - 1} of partition {partition} of "
                f"{topic.name}: what the spool holds of them may be sent a second time."
            )
        offsets[partition] = max(offset, begin)
    return offsets


def _settle_found(
    spool: Spool, pending: dict[bytes, list[int]], delivered: Iterable[Delivered]
) -> int:
    found = 0
    for message in delivered:
        if numbers := pending.get(_digest(message.key, message.value)):
            spool.settle(numbers.pop(0), message.partition, message.offset)
            found += 1
    return found


def _list_pending_by_digest(spool: Spool) -> dict[bytes, list[int]]:
    numbers: dict[bytes, list[int]] = {}
    for number, received in spool.list_pending():
        numbers.setdefault(_digest(received.key, received.value), []).append(number)
    return numbers


def _digest(key: bytes, value: bytes) -> bytes:
    """Stand in for a message in memory; the key's length keeps key and value apart."""
    return blake2b(b"%d:%b%b" % (len(key), key, value), digest_size=16).digest()
