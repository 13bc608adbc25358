from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import pytest
from fake_timer import FakeTimer

from models.categories import load_categories
from models.tweet import Tweet
from producer.pace import Pacer, pace_items
from producer.sources.synthetic import generate_tweets


def make_tweets(number: int) -> Iterator[Tweet]:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return islice(generate_tweets(1, lambda: moment, load_categories()), number)


def record_moments(rate: float, number: int, timer: FakeTimer) -> list[float]:
    start = timer.seconds
    paced = pace_items(make_tweets(number), rate, Pacer(timer, timer.wait))
    return [timer.seconds - start for _ in paced]


@pytest.mark.parametrize("rate", [0.5, 20.0, 777.0, 5000.0])
def test_no_tweet_is_early_or_more_than_five_milliseconds_late(rate: float) -> None:
    moments = record_moments(rate, 1000, FakeTimer())
    lateness = [moment - position / rate for position, moment in enumerate(moments)]
    assert min(lateness) > -1e-6
    assert max(lateness) < 0.006


def test_half_a_tweet_per_second_is_one_every_two_seconds() -> None:
    assert record_moments(0.5, 4, FakeTimer()) == [0, 2, 4, 6]


def test_five_thousand_per_second_needs_few_waits() -> None:
    timer = FakeTimer()
    record_moments(5000.0, 5000, timer)
    assert len(timer.waits) <= 201


def test_the_cost_of_each_tweet_does_not_add_up() -> None:
    moments = record_moments(5000.0, 10_000, FakeTimer(cost=0.00005))
    assert moments[-1] == pytest.approx(2.0, abs=0.01)


def test_what_was_missed_in_a_stall_is_caught_up() -> None:
    timer = FakeTimer()
    paced = pace_items(make_tweets(300), 100, Pacer(timer, timer.wait))
    list(islice(paced, 100))
    timer.seconds += 1.5
    late = [timer.seconds for _ in islice(paced, 150)]
    assert late[0] == late[-50]
    list(paced)
    assert timer.seconds == pytest.approx(1000 + 2.99, abs=0.01)
