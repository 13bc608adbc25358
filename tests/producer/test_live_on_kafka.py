"""Live sources into the real Kafka: nothing is lost or doubled, whatever is killed or slow."""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest
from commands import wait_until
from producer_process import ProducerProcess, StartProducer
from stub_jetstream import StubJetstream
from stub_x import StubX
from topic_reader import TopicReader

KILLS = 4


Server = StubJetstream | StubX


@pytest.fixture(params=["jetstream", "x"])
def server(request) -> Iterator[Server]:
    """A server of each kind; that of X repeats what it has sent last to whoever connects."""
    with StubJetstream() if request.param == "jetstream" else StubX(repeats=100_000) as server:
        yield server


@pytest.fixture
def start_reading(
    start_producer: StartProducer, topic_env: dict[str, str], server: Server, tmp_path: Path
) -> Callable[[], ProducerProcess]:
    """Start a producer that reads the server, with one and the same spool each time."""
    source = "jetstream" if isinstance(server, StubJetstream) else "x"
    env = {
        **topic_env,
        "TWEETS_LOCAL_DIR": str(tmp_path / "local"),
        "TWEETS_JETSTREAM_URLS": server.url,
        "TWEETS_BLUESKY_API_URL": "http://127.0.0.1:1",
        "TWEETS_X_API_URL": server.url,
        "TWEETS_X_BEARER_TOKEN": "token",
    }
    return lambda: start_producer("--source", source, env=env)


def has_reader(server: Server) -> bool:
    if isinstance(server, StubJetstream):
        return server.followers == 1
    return server.open_connections == 1


@contextmanager
def posting(server: Server, pause: float) -> Iterator[list[str]]:
    """Let people post all the time; gives the ids of what they have posted."""
    ids: list[str] = []
    stop = threading.Event()

    def post() -> None:
        for number in count():
            ids.append(server.post(f"rain {number}"))
            if stop.wait(pause):
                return

    thread = threading.Thread(target=post)
    thread.start()
    try:
        yield ids
    finally:
        stop.set()
        thread.join()


def count_ids(messages: dict[int, list[tuple[str, bytes]]]) -> Counter[str]:
    return Counter(key for partition in messages.values() for key, _ in partition)


@pytest.mark.timeout(240)
def test_nothing_is_lost_or_doubled_when_the_producer_is_killed_again_and_again(
    start_reading: Callable[[], ProducerProcess],
    server: Server,
    topic_reader: TopicReader,
) -> None:
    first = start_reading()
    wait_until(lambda: has_reader(server), 60)
    with posting(server, 0.005) as ids:
        producer = first
        for number in range(KILLS):
            topic_reader.read_at_least((number + 1) * 300)
            producer.interrupt(signal.SIGKILL)
            producer.wait_for_end()
            producer = start_reading()
        topic_reader.read_at_least((KILLS + 1) * 300)
    topic_reader.read_at_least(len(ids))
    producer.interrupt()
    assert producer.wait_for_end() == 0
    assert count_ids(topic_reader.read_to_the_end()) == dict.fromkeys(ids, 1)


@pytest.mark.timeout(240)
def test_a_kafka_that_hangs_does_not_make_the_reader_slow(
    start_reading: Callable[[], ProducerProcess],
    server: Server,
    topic_reader: TopicReader,
    pause_broker: Callable[[], AbstractContextManager[None]],
    tmp_path: Path,
) -> None:
    producer = start_reading()
    wait_until(lambda: has_reader(server), 60)
    with pause_broker():
        ids = [server.post(f"rain {number}") for number in range(20_000)]
        last = ids[-1].encode()
        spooled = tmp_path / "local/spool"
        wait_until(
            lambda: any(last in path.read_bytes() for path in spooled.rglob("*") if path.is_file()),
            60,
        )
    topic_reader.read_at_least(len(ids))
    producer.interrupt()
    assert producer.wait_for_end() == 0
    assert count_ids(topic_reader.read_to_the_end()) == dict.fromkeys(ids, 1)


@pytest.mark.timeout(120)
def test_a_second_producer_of_the_same_source_is_refused(
    start_reading: Callable[[], ProducerProcess], server: Server
) -> None:
    start_reading()
    wait_until(lambda: has_reader(server), 60)
    second = start_reading()
    assert second.wait_for_end() == 1
    assert second.read_lines() == ["delivered 0, failed 0"]
    assert len(second.read_complaints()) == 1
    assert "Another producer uses the spool" in second.read_complaints()[0]
