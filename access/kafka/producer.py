"""Opens a producer, once it is certain that the topic takes messages of ours, and closes it."""

import logging
from contextlib import suppress

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

from access.kafka.access import KafkaAccess
from access.kafka.topic import describe_topic

# How long a message waits for others that are compressed together with it.
_LINGER_MS = 20
_ATTEMPT_SECONDS = 3.0
_REQUEST_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


def open_producer(access: KafkaAccess, topic: str, give_up_seconds: float) -> KafkaProducer:
    """Open a producer whose user waits so long for an answer before it gives up.

    Raises `KafkaAccessError` if Kafka does not want us as we come or does not let us write,
    `KafkaError` or `OSError` if there is no such topic or no answer.
    """
    # The client's log repeats each failed attempt; whoever asks says the same in a sentence.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    describe_topic(access, topic, "Write", _ATTEMPT_SECONDS)
    return KafkaProducer(
        **access.client_options(),
        bootstrap_timeout_ms=int(_ATTEMPT_SECONDS * 1000),
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        compression_type="gzip",
        linger_ms=_LINGER_MS,
        batch_size=64 * 1024,
        max_block_ms=2000,
        request_timeout_ms=int(_REQUEST_SECONDS * 1000),
        # Whoever sends gives up first, so that an outage it survives fails no message.
        delivery_timeout_ms=int((give_up_seconds + 6 * _REQUEST_SECONDS) * 1000),
        reconnect_backoff_max_ms=2000,
        metrics_enabled=False,
    )


def close_producer(producer: KafkaProducer) -> None:
    """Close at once: what is still in flight fails and is counted as failed."""
    # The public `close` raises, and raises again when collected, while anything is in flight.
    producer._sender.force_close()
    producer._sender.join(_CLOSE_SECONDS)
    with suppress(KafkaTimeoutError):
        producer.close(timeout=0)
