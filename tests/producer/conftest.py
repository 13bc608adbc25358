"""A topic for producers, what they have left in it, and a broker that can be held still."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from secured_kafka import SecuredKafka
from topic_reader import TopicReader
from whole_path import new_topic


@pytest.fixture
def topic(kafka: SecuredKafka) -> Iterator[str]:
    """A new topic of three partitions."""
    with new_topic(kafka.open) as name:
        yield name


@pytest.fixture
def topic_reader(kafka: SecuredKafka, topic: str) -> Iterator[TopicReader]:
    """A reader of this test's topic."""
    reader = TopicReader(kafka.open, topic)
    yield reader
    reader.close()


@pytest.fixture
def topic_env(kafka: SecuredKafka, topic: str) -> dict[str, str]:
    """The environment that points a producer at this test's topic."""
    return {**os.environ, "TWEETS_BOOTSTRAP_SERVERS": kafka.open, "TWEETS_TOPIC": topic}


@pytest.fixture
def pause_broker(kafka: SecuredKafka) -> Callable[[], AbstractContextManager[None]]:
    """Hold the broker still, as a machine that hangs does: its port is open, it does not answer."""
    return kafka.pause
