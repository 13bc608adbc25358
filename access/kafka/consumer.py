"""The way through what is in the topic."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from kafka import KafkaConsumer, TopicPartition

from access.kafka.access import KafkaAccess
from access.kafka.topic import Topic

_REQUEST_MS = 10_000
_POLL_MS = 200
_PATIENCE_SECONDS = 10.0


class TopicSilent(Exception):
    """Nothing comes from the topic, though there is more in it; the message says for how long."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that is in a topic, and where."""

    partition: int
    offset: int
    key: bytes
    value: bytes


def read_topic(
    access: KafkaAccess,
    topic: Topic,
    offsets: dict[int, int],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> Iterator[Delivered | None]:
    """Read from the offsets to the ends; `None` says that nothing more has come for the moment.

    Raises `KafkaError`, or `TopicSilent`.
    """
    consumer = KafkaConsumer(
        # Committed or not: ours are sent outside of transactions, and a stranger's open one would
        # hide them.
        **access.client_options(),
        bootstrap_timeout_ms=_REQUEST_MS,
        request_timeout_ms=_REQUEST_MS,
        auto_offset_reset="earliest",
        metrics_enabled=False,
    )
    ends = {TopicPartition(topic.name, number): end for number, end in topic.latest_offsets.items()}
    try:
        consumer.assign(list(ends))
        for partition in ends:
            consumer.seek(partition, offsets[partition.partition])
        heard_at = time.monotonic()
        while _has_more(consumer, ends):
            polled = consumer.poll(timeout_ms=_POLL_MS)
            if polled:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at >= patience_seconds:
                raise TopicSilent(f"nothing has come from it for {patience_seconds:g} s")
            else:
                yield None
            for record in chain.from_iterable(polled.values()):
                yield Delivered(
                    record.partition, record.offset, record.key or b"", record.value or b""
                )
    finally:
        consumer.close()


def _has_more(consumer: KafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    # The client has no position for the moment in which it looks for another one.
    return any((consumer.position(each, timeout_ms=0) or 0) < end for each, end in ends.items())
