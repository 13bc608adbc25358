"""Opens the way to Kafka and closes it, whatever state the brokers are in."""

import logging
import re
import socket
from collections.abc import Callable
from contextlib import suppress

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, KafkaTimeoutError, RetriableError

from producer.publish import PublishError
from producer.timer import Timer

_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):([0-9]{1,5})")
_ATTEMPT_SECONDS = 3.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_REQUEST_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


def open_producer(
    bootstrap_servers: str,
    topic: str,
    timer: Timer,
    give_up_seconds: float,
    report: Callable[[str], None],
) -> KafkaProducer | None:
    """Wait for Kafka, with growing pauses, and connect to it; `None` if the timer is stopped.

    Raises `PublishError` if it does not answer within `give_up_seconds`, or has no such topic.
    """
    # The client's log repeats each failed attempt; ours says the same once, in a sentence.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    servers = _parse_servers(bootstrap_servers)
    give_up_at = timer.now() + give_up_seconds
    pause = _FIRST_PAUSE
    while not timer.stopped:
        try:
            return _connect(servers, topic, give_up_seconds)
        except (OSError, RetriableError) as error:
            left = give_up_at - timer.now()
            reason = getattr(error, "strerror", None) or error
            if left <= 0:
                raise PublishError(
                    f"Kafka at {bootstrap_servers} did not answer for {give_up_seconds:g} s "
                    f"({reason}): start it with `python -m stack up`, or correct "
                    "TWEETS_BOOTSTRAP_SERVERS."
                ) from None
            report(
                f"Kafka at {bootstrap_servers} does not answer ({reason}), "
                f"giving up in {left:.0f} s"
            )
            timer.wait(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
        except KafkaError as error:
            raise PublishError(
                f"Kafka at {bootstrap_servers} refuses to take messages: {error}."
            ) from None
    return None


def close_producer(producer: KafkaProducer) -> None:
    """Close at once: what is still in flight fails and is counted as failed."""
    # The public `close` raises, and raises again when collected, while anything is in flight.
    producer._sender.force_close()
    producer._sender.join(_CLOSE_SECONDS)
    with suppress(KafkaTimeoutError):
        producer.close(timeout=0)


def _parse_servers(bootstrap_servers: str) -> list[tuple[str, int]]:
    servers = []
    for server in bootstrap_servers.split(","):
        match = _SERVER.fullmatch(server.strip())
        if not match or int(match[2]) > 65535:
            raise PublishError(
                f"TWEETS_BOOTSTRAP_SERVERS is {bootstrap_servers!r}, which is not a list of "
                "`host:port` with commas between: correct it."
            )
        servers.append((match[1], int(match[2])))
    return servers


def _connect(servers: list[tuple[str, int]], topic: str, give_up_seconds: float) -> KafkaProducer:
    _reach_any(servers)
    attempt_ms = int(_ATTEMPT_SECONDS * 1000)
    addresses = [f"{host}:{port}" for host, port in servers]
    admin = KafkaAdminClient(
        bootstrap_servers=addresses,
        bootstrap_timeout_ms=attempt_ms,
        request_timeout_ms=attempt_ms,
    )
    try:
        topics = admin.list_topics()
    finally:
        admin.close()
    if topic not in topics:
        raise PublishError(
            f"Kafka at {','.join(addresses)} has no topic {topic!r}: create it with "
            "`python -m stack up`, or correct TWEETS_TOPIC."
        )
    return KafkaProducer(
        bootstrap_servers=addresses,
        bootstrap_timeout_ms=attempt_ms,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        compression_type="gzip",
        linger_ms=20,
        batch_size=64 * 1024,
        max_block_ms=2000,
        request_timeout_ms=int(_REQUEST_SECONDS * 1000),
        # The publisher gives up first, so that an outage it survives fails no message.
        delivery_timeout_ms=int((give_up_seconds + 6 * _REQUEST_SECONDS) * 1000),
        reconnect_backoff_max_ms=2000,
        metrics_enabled=False,
    )


def _reach_any(servers: list[tuple[str, int]]) -> None:
    # A client that finds nobody leaves threads and sockets behind, and does not tell the reason.
    errors = []
    for host, port in servers:
        try:
            socket.create_connection((host.strip("[]"), port), timeout=_ATTEMPT_SECONDS).close()
        except OSError as error:
            errors.append(error)
        else:
            return
    raise errors[-1]
