import json
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import islice

import pytest
from producer_process import StartProducer
from secured_kafka import SecuredKafka
from topic_reader import TopicReader

from models.categories import load_categories
from producer.sources.synthetic import generate_tweets

PauseBroker = Callable[[], AbstractContextManager[None]]


def make_ids(seed: int, number: int) -> list[str]:
    tweets = islice(generate_tweets(seed, lambda: datetime.now(UTC), load_categories()), number)
    return [tweet.id for tweet in tweets]


def assert_first_ids_once_in_order(messages: dict[int, list[tuple[str, bytes]]], seed: int) -> None:
    keys = {partition: [key for key, _ in part] for partition, part in messages.items()}
    number = sum(len(part) for part in keys.values())
    expected = make_ids(seed, number)
    assert sorted(key for part in keys.values() for key in part) == sorted(expected)
    position = {tweet_id: index for index, tweet_id in enumerate(expected)}
    for part in keys.values():
        assert part == sorted(part, key=position.__getitem__)


def test_every_tweet_arrives_once_and_in_order(
    start_producer: StartProducer, topic_env: dict[str, str], topic_reader: TopicReader
) -> None:
    producer = start_producer("--rate", "2000", "--count", "3000", "--seed", "3", env=topic_env)
    assert producer.wait_for_end() == 0
    assert producer.read_lines()[-1] == "delivered 3000, failed 0"
    messages = topic_reader.read_to_the_end()
    assert topic_reader.count() == 3000
    assert_first_ids_once_in_order(messages, seed=3)
    assert all(len(part) > 800 for part in messages.values())
    for key, value in messages[0]:
        assert json.loads(value)["data"]["id"] == key


def test_a_tweet_that_is_sent_again_lands_in_the_same_partition(
    start_producer: StartProducer, topic_env: dict[str, str], topic_reader: TopicReader
) -> None:
    for _ in range(2):
        producer = start_producer("--rate", "2000", "--count", "500", "--seed", "4", env=topic_env)
        assert producer.wait_for_end() == 0
    for part in topic_reader.read_to_the_end().values():
        keys = [key for key, _ in part]
        assert keys[: len(keys) // 2] == keys[len(keys) // 2 :]
    assert topic_reader.count() == 1000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_has_delivered_exactly_what_it_says(
    number: signal.Signals,
    start_producer: StartProducer,
    topic_env: dict[str, str],
    topic_reader: TopicReader,
) -> None:
    producer = start_producer("--rate", "1000", "--seed", "5", env=topic_env)
    topic_reader.read_at_least(300)
    producer.interrupt(number)
    assert producer.wait_for_end(30) == 0
    messages = topic_reader.read_to_the_end()
    assert producer.read_result() == (topic_reader.count(), 0)
    assert_first_ids_once_in_order(messages, seed=5)


def test_a_broker_that_hangs_and_comes_back_loses_and_doubles_nothing(
    start_producer: StartProducer,
    topic_env: dict[str, str],
    topic_reader: TopicReader,
    pause_broker: PauseBroker,
) -> None:
    producer = start_producer("--rate", "200", "--seed", "6", env=topic_env)
    topic_reader.read_at_least(100)
    with pause_broker():
        # Longer than a request may take, so that requests are broken off and sent again.
        producer.wait_for_line("waiting for Kafka since 1")
    topic_reader.read_at_least(topic_reader.count() + 2000)
    producer.interrupt()
    assert producer.wait_for_end(30) == 0
    messages = topic_reader.read_to_the_end()
    assert producer.read_result() == (topic_reader.count(), 0)
    assert_first_ids_once_in_order(messages, seed=6)


def test_a_broker_that_does_not_come_back_is_a_sentence_after_the_deadline(
    start_producer: StartProducer,
    topic_env: dict[str, str],
    topic_reader: TopicReader,
    pause_broker: PauseBroker,
) -> None:
    env = topic_env | {"TWEETS_GIVE_UP_SECONDS": "3"}
    producer = start_producer("--rate", "200", "--seed", "7", env=env)
    topic_reader.read_at_least(100)
    with pause_broker():
        assert producer.wait_for_end(30) == 1
    complaint = producer.read_complaints()
    assert len(complaint) == 1
    assert complaint[0].startswith("Kafka has not acknowledged a tweet for 3 s")
    delivered, failed = producer.read_result()
    assert delivered >= 100
    assert failed > 0
    assert f"{failed} are waiting" in complaint[0]


def test_a_topic_that_is_missing_is_a_sentence(
    kafka: SecuredKafka, topic_env: dict[str, str], start_producer: StartProducer
) -> None:
    producer = start_producer(env=topic_env | {"TWEETS_TOPIC": "no-such-topic"})
    assert producer.wait_for_end() == 1
    assert producer.read_complaints() == [
        f"Kafka at {kafka.open} has no topic 'no-such-topic': create it with "
        "`python -m stack up`, or correct TWEETS_TOPIC."
    ]
    assert producer.read_lines() == []
