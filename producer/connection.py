"""Opens the way to Kafka and closes it, whatever state the brokers are in."""

import logging
from collections.abc import Callable
from contextlib import suppress

from kafka import KafkaProducer
from kafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    RetriableError,
    UnknownTopicOrPartitionError,
)

from access.kafka.access import KafkaAccess
from access.kafka.tokens import TokenUnreachable
from access.kafka.topic import describe_topic
from producer.publish import PublishError
from producer.timer import Timer

LINGER_MS = 20
"""How long a message waits for others that are compressed together with it."""

_ATTEMPT_SECONDS = 3.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_REQUEST_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


def open_producer(
    access: KafkaAccess,
    topic: str,
    timer: Timer,
    give_up_seconds: float,
    report: Callable[[str], None],
) -> KafkaProducer | None:
    """Wait for Kafka, with growing pauses, and connect to it; `None` if the timer is stopped.

    Raises `PublishError` if it does not answer within `give_up_seconds`, or has no such topic,
    `KafkaAccessError` if it does not want us as we come or does not let us write.
    """
    # The client's log repeats each failed attempt; ours says the same once, in a sentence.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    where = f"Kafka at {access.bootstrap_servers}"
    give_up_at = timer.now() + give_up_seconds
    pause = _FIRST_PAUSE
    while not timer.stopped:
        try:
            return _connect(access, topic, give_up_seconds)
        except UnknownTopicOrPartitionError:
            raise PublishError(
                f"{where} has no topic {topic!r}: create it with `python -m stack up`, or correct "
                "TWEETS_TOPIC."
            ) from None
        except (OSError, RetriableError) as error:
            left = give_up_at - timer.now()
            if left <= 0:
                raise PublishError(_explain_silence(error, where, give_up_seconds)) from None
            report(f"{_describe_silence(error, where)}, giving up in {left:.0f} s")
            timer.wait(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        except KafkaError as error:
            raise PublishError(f"{where} refuses to take messages: {error}.") from None
    return None


def close_producer(producer: KafkaProducer) -> None:
    """Close at once: what is still in flight fails and is counted as failed."""
    # The public `close` raises, and raises again when collected, while anything is in flight.
    producer._sender.force_close()
    producer._sender.join(_CLOSE_SECONDS)
    with suppress(KafkaTimeoutError):
        producer.close(timeout=0)


def _describe_silence(error: Exception, where: str) -> str:
    if isinstance(error, TokenUnreachable):
        return str(error).rpartition(": ")[0]
    return f"{where} does not answer ({_read_reason(error)})"


def _explain_silence(error: Exception, where: str, seconds: float) -> str:
    if isinstance(error, TokenUnreachable):
        return str(error)
    return (
        f"{where} did not answer for {seconds:g} s ({_read_reason(error)}): start it with "
        "`python -m stack up`, or correct TWEETS_BOOTSTRAP_SERVERS."
    )


def _read_reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


def _connect(access: KafkaAccess, topic: str, give_up_seconds: float) -> KafkaProducer:
    describe_topic(access, topic, "Write", _ATTEMPT_SECONDS)
    return KafkaProducer(
        **access.client_options(),
        bootstrap_timeout_ms=int(_ATTEMPT_SECONDS * 1000),
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        compression_type="gzip",
        linger_ms=LINGER_MS,
        batch_size=64 * 1024,
        max_block_ms=2000,
        request_timeout_ms=int(_REQUEST_SECONDS * 1000),
        # The publisher gives up first, so that an outage it survives fails no message.
        delivery_timeout_ms=int((give_up_seconds + 6 * _REQUEST_SECONDS) * 1000),
        reconnect_backoff_max_ms=2000,
        metrics_enabled=False,
    )
