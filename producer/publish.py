"""Delivers messages to the topic: bounded in memory, and counted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.producer.future import RecordMetadata

from producer.message import Message
from producer.timer import Timer

_LONGEST_WAIT = 0.5
_POLL_SECONDS = 0.01


class PublishError(Exception):
    """Tweets cannot be delivered; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long Kafka may be silent, how much may wait for it, and how long a stopped run waits."""

    give_up_seconds: float
    max_in_flight: int = 10_000
    drain_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `silent_seconds` is how long Kafka owes an answer without giving any."""

    delivered: int
    failed: int
    in_flight: int
    silent_seconds: float


class Publisher:
    """Delivers messages to one topic through a Kafka producer and counts what became of them."""

    def __init__(
        self,
        producer: KafkaProducer,
        topic: str,
        timer: Timer,
        limits: Limits,
        report: Callable[[Progress], None],
    ) -> None:
        self._producer = producer
        self._topic = topic
        self._timer = timer
        self._limits = limits
        self._report = report
        # Counted by the producer's own thread, and by ours where `send` refuses a message.
        self._lock = Lock()
        self._delivered = 0
        self._failed = 0
        self._started = 0
        self._settled_before = 0
        self._answered_at = timer.now()
        self.last_error: BaseException | None = None
        # What a message met that somebody keeps until it is delivered.
        self._kept_error: BaseException | None = None

    def measure_progress(self) -> Progress:
        """Tell how far the run is."""
        with self._lock:
            delivered, failed = self._delivered, self._failed
        in_flight = self._started - delivered - failed
        silent_seconds = self._timer.now() - self._answered_at if in_flight else 0.0
        return Progress(delivered, failed, in_flight, silent_seconds)

    def publish(self, messages: Iterable[Message]) -> None:
        """Deliver messages until there are no more, or the timer is stopped.

        Raises `PublishError` when Kafka has been silent for longer than the limits allow, or has
        refused a message that somebody keeps until it is delivered.
        """
        for message in messages:
            self._look_around()
            self._wait_for_room()
            self._send(message)
            if self._timer.stopped:
                break
        self._drain()

    def wait(self, seconds: float) -> None:
        """Wait for the next message, half a second at most, with an eye on Kafka.

        Raises `PublishError` as `publish` does.
        """
        self._timer.wait(min(seconds, _LONGEST_WAIT))
        self._look_around()

    def _look_around(self) -> None:
        if self._kept_error:
            raise PublishError(
                f"Kafka has refused a message ({self._kept_error}): see what its brokers say; it "
                "is kept, and sent again at the next start."
            )
        progress = self.measure_progress()
        settled = progress.delivered + progress.failed
        if settled != self._settled_before or not progress.in_flight:
            self._settled_before = settled
            self._answered_at = self._timer.now()
        elif progress.silent_seconds >= self._limits.give_up_seconds:
            raise PublishError(
                f"Kafka has not acknowledged a tweet for {self._limits.give_up_seconds:g} s, "
                f"{progress.in_flight} are waiting: see that its brokers run, or wait longer "
                "with TWEETS_GIVE_UP_SECONDS."
            )
        self._report(progress)

    def _wait_for_room(self) -> None:
        limit = self._limits.max_in_flight
        while self.measure_progress().in_flight >= limit and not self._timer.stopped:
            self.wait(_POLL_SECONDS)

    def _send(self, message: Message) -> None:
        self._started += 1
        while not self._timer.stopped:
            try:
                future = self._producer.send(self._topic, key=message.key, value=message.value)
            except KafkaTimeoutError:
                # No metadata yet; nothing was queued, so the same message is tried again.
                self.wait(_POLL_SECONDS)
            except KafkaError as error:
                self._count_failed(message, error)
                return
            else:
                future.add_callback(self._count_delivered, message)
                future.add_errback(self._count_failed, message)
                return
        self._started -= 1

    def _drain(self) -> None:
        stopped_at: float | None = None
        while in_flight := self.measure_progress().in_flight:
            if self._timer.stopped:
                stopped_at = self._timer.now() if stopped_at is None else stopped_at
                if self._timer.now() - stopped_at >= self._limits.drain_seconds:
                    raise PublishError(
                        f"Kafka has not acknowledged {in_flight} tweets within "
                        f"{self._limits.drain_seconds:g} s of the stop: they may be in the topic "
                        "or not."
                    )
            self.wait(_POLL_SECONDS)

    def _count_delivered(self, message: Message, placed: RecordMetadata) -> None:
        if message.on_delivered:
            message.on_delivered(placed.partition, placed.offset)
        with self._lock:
            self._delivered += 1

    def _count_failed(self, message: Message, error: BaseException) -> None:
        with self._lock:
            self._failed += 1
            self.last_error = error
            if message.on_delivered:
                self._kept_error = error
