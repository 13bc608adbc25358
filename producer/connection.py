"""Waits for Kafka, and says why it does not come."""

from collections.abc import Callable

from kafka import KafkaProducer
from kafka.errors import KafkaError, RetriableError, UnknownTopicOrPartitionError

from access.kafka.access import KafkaAccess
from access.kafka.producer import open_producer
from access.kafka.tokens import TokenUnreachable
from producer.publish import PublishError
from producer.timer import Timer

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


def await_producer(
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
    where = f"Kafka at {access.bootstrap_servers}"
    give_up_at = timer.now() + give_up_seconds
    pause = _FIRST_PAUSE
    while not timer.stopped:
        try:
            return open_producer(access, topic, give_up_seconds)
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
