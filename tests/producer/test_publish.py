from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
from fake_timer import FakeTimer
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from kafka.future import Future

from models.categories import load_categories
from models.tweet import Tweet, build_message
from producer.message import Message, carry_tweet
from producer.pace import Pacer, pace_items
from producer.publish import Limits, Progress, Publisher, PublishError
from producer.sources.synthetic import generate_tweets

PLACED = SimpleNamespace(partition=2, offset=77)
LIMITS = Limits(give_up_seconds=30, max_in_flight=50, drain_seconds=10)


class StubProducer:
    """Keeps what is sent; each message is settled when the test says so, or at once."""

    def __init__(self, settle: Callable[[Future], Any] | None = None) -> None:
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.waiting: list[Future] = []
        self.timeouts = 0
        self._settle = settle

    def send(self, topic: str, *, key: bytes, value: bytes) -> Future:
        if self.timeouts:
            self.timeouts -= 1
            raise KafkaTimeoutError
        self.sent.append((topic, key, value))
        future = Future()
        if self._settle:
            self._settle(future)
        else:
            self.waiting.append(future)
        return future

    def acknowledge_all(self) -> None:
        while self.waiting:
            self.waiting.pop().success(PLACED)


def deliver(future: Future) -> None:
    future.success(PLACED)


def make_tweets(number: int) -> Iterator[Tweet]:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return islice(generate_tweets(1, lambda: moment, load_categories()), number)


def make_publisher(
    producer: StubProducer, timer: FakeTimer, reports: list[Progress] | None = None
) -> Publisher:
    report = (reports if reports is not None else []).append
    return Publisher(producer, "tweets", timer, LIMITS, report)


def publish(publisher: Publisher, timer: FakeTimer, number: int, rate: float) -> None:
    tweets = pace_items(make_tweets(number + 1), rate, Pacer(timer, publisher.wait))
    publisher.publish(map(carry_tweet, islice(tweets, number)))


def test_after_the_last_tweet_nobody_waits() -> None:
    timer = FakeTimer()
    publish(make_publisher(StubProducer(deliver), timer), timer, 3, 0.5)
    assert timer.seconds == 1000 + 2 * 2


def test_messages_go_to_the_topic_under_the_id_of_their_tweet() -> None:
    producer = StubProducer(deliver)
    timer = FakeTimer()
    publish(make_publisher(producer, timer), timer, 3, 100)
    assert producer.sent == [("tweets", t.id.encode(), build_message(t)) for t in make_tweets(3)]


def test_delivered_and_failed_are_counted() -> None:
    outcomes = iter([True, False, True, True, False])

    def settle(future: Future) -> None:
        if next(outcomes):
            future.success(PLACED)
        else:
            future.failure(MessageSizeTooLargeError("too large"))

    timer = FakeTimer()
    publisher = make_publisher(StubProducer(settle), timer)
    publish(publisher, timer, 5, 100)
    assert publisher.measure_progress() == Progress(3, 2, 0, 0.0)
    assert isinstance(publisher.last_error, MessageSizeTooLargeError)


def test_a_message_that_the_client_refuses_is_counted_as_failed() -> None:
    class Refusing(StubProducer):
        def send(self, topic: str, *, key: bytes, value: bytes) -> Future:
            raise MessageSizeTooLargeError("too large")

    timer = FakeTimer()
    publisher = make_publisher(Refusing(), timer)
    publish(publisher, timer, 2, 100)
    assert publisher.measure_progress() == Progress(0, 2, 0, 0.0)


def test_no_more_than_the_limit_is_in_flight() -> None:
    producer, timer = StubProducer(), FakeTimer()
    most = 0

    def acknowledge_sometimes() -> None:
        nonlocal most
        most = max(most, len(producer.waiting))
        if len(timer.waits) % 20 == 0:
            producer.acknowledge_all()

    timer.on_wait = acknowledge_sometimes
    publisher = make_publisher(producer, timer)
    publish(publisher, timer, 2000, 5000)
    assert most == LIMITS.max_in_flight
    assert publisher.measure_progress() == Progress(2000, 0, 0, 0.0)


def test_a_silent_broker_is_given_up_after_the_deadline_and_not_before() -> None:
    producer, timer = StubProducer(), FakeTimer()
    reports: list[Progress] = []
    publisher = make_publisher(producer, timer, reports)
    with pytest.raises(PublishError, match="has not acknowledged a tweet for 30 s, 50 are waiting"):
        publish(publisher, timer, 100, 10)
    assert timer.seconds - 1000 == pytest.approx(LIMITS.give_up_seconds, abs=1)
    assert reports[-1].silent_seconds == pytest.approx(LIMITS.give_up_seconds, abs=1)


def test_a_broker_that_comes_back_in_time_costs_nothing() -> None:
    producer, timer = StubProducer(), FakeTimer()

    def come_back_after_25_seconds() -> None:
        if timer.seconds > 1025:
            producer.acknowledge_all()

    timer.on_wait = come_back_after_25_seconds
    publisher = make_publisher(producer, timer)
    publish(publisher, timer, 400, 10)
    assert publisher.measure_progress() == Progress(400, 0, 0, 0.0)
    assert timer.seconds - 1000 == pytest.approx(40, abs=1)


def test_a_slow_rate_is_not_taken_for_silence() -> None:
    timer = FakeTimer()
    publisher = make_publisher(StubProducer(deliver), timer)
    publish(publisher, timer, 3, 0.01)
    assert publisher.measure_progress().delivered == 3


def test_a_tweet_is_tried_again_while_the_metadata_is_away() -> None:
    producer = StubProducer(deliver)
    producer.timeouts = 4
    timer = FakeTimer()
    publish(make_publisher(producer, timer), timer, 2, 10)
    assert [key for _, key, _ in producer.sent] == [t.id.encode() for t in make_tweets(2)]


def test_stopping_delivers_what_is_in_flight_and_takes_no_more() -> None:
    producer, timer = StubProducer(), FakeTimer()

    def stop_then_acknowledge() -> None:
        if len(producer.sent) == 20:
            timer.stopped = True
        if timer.seconds > 1005:
            producer.acknowledge_all()

    timer.on_wait = stop_then_acknowledge
    publisher = make_publisher(producer, timer)
    publish(publisher, timer, 100, 10)
    assert publisher.measure_progress() == Progress(20, 0, 0, 0.0)


def test_stopping_waits_only_so_long_for_what_is_in_flight() -> None:
    producer, timer = StubProducer(), FakeTimer()

    def stop() -> None:
        timer.stopped = len(producer.sent) >= 20

    timer.on_wait = stop
    publisher = make_publisher(producer, timer)
    with pytest.raises(PublishError, match="20 tweets within 10 s of the stop"):
        publish(publisher, timer, 100, 100)
    assert publisher.measure_progress().in_flight == 20


def test_a_stop_while_the_metadata_is_away_leaves_nothing_in_flight() -> None:
    producer, timer = StubProducer(), FakeTimer()
    producer.timeouts = 1000

    def stop(progress: Progress) -> None:
        timer.stopped = progress.in_flight > 0

    publisher = Publisher(producer, "tweets", timer, LIMITS, stop)
    publish(publisher, timer, 5, 10)
    assert publisher.measure_progress() == Progress(0, 0, 0, 0.0)


def test_who_sent_a_message_learns_where_kafka_has_put_it() -> None:
    places: list[tuple[int, int]] = []
    message = Message(b"1", b"{}", on_delivered=lambda *place: places.append(place))
    make_publisher(StubProducer(deliver), FakeTimer()).publish([message])
    assert places == [(2, 77)]


def test_a_refusal_ends_the_run_where_somebody_keeps_the_message() -> None:
    outcomes = iter([True, False])

    def settle(future: Future) -> None:
        if next(outcomes, True):
            future.success(PLACED)
        else:
            future.failure(MessageSizeTooLargeError("too large"))

    kept = [Message(b"1", b"{}", on_delivered=lambda *_: None) for _ in range(5)]
    producer = StubProducer(settle)
    with pytest.raises(PublishError, match=r"^Kafka has refused a message .* kept, and sent again"):
        make_publisher(producer, FakeTimer()).publish(kept)
    assert len(producer.sent) == 2
