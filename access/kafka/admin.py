"""Opens the way to what Kafka tells of itself, once it is certain that the way is open."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.admin import KafkaAdminClient

from access.kafka.access import KafkaAccess
from access.kafka.greeting import greet_kafka

TIMEOUT_SECONDS = 10.0


@contextmanager
def open_admin(
    access: KafkaAccess, timeout_seconds: float = TIMEOUT_SECONDS
) -> Iterator[KafkaAdminClient]:
    """Open a client for administration, and close it at the end.

    Raises `KafkaAccessError` if Kafka does not want us as we come, `OSError` or `KafkaError` if it
    does not answer.
    """
    # A client that finds nobody leaves threads and sockets behind, and does not tell the reason.
    greet_kafka(access, timeout_seconds)
    timeout_ms = int(timeout_seconds * 1000)
    with KafkaAdminClient(
        **access.client_options(), bootstrap_timeout_ms=timeout_ms, request_timeout_ms=timeout_ms
    ) as admin:
        yield admin
