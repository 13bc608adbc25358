import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice

import pytest
from fake_timer import FakeTimer
from stub_jetstream import StubJetstream
from stub_profiles import StubProfiles

from producer.sources.jetstream.source import JetstreamSource
from producer.sources.live import Received

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000


@pytest.fixture
def api() -> Iterator[StubProfiles]:
    """An API that knows the first thousand authors."""
    with StubProfiles() as api:
        api.people = {write_did(n): (f"a{n}.example.com", f"Author {n}") for n in range(1000)}
        yield api


def write_did(number: int) -> str:
    return f"did:plc:author{number}"


def read_user(received: Received) -> dict[str, str]:
    user: dict[str, str] = json.loads(received.value)["includes"]["users"][0]
    return user


def test_posts_of_a_stream_get_the_names_of_their_authors(api: StubProfiles) -> None:
    with StubJetstream() as server:
        for author in range(3):
            server.post(time_us=NOW_US + author, did=write_did(author))
        source = JetstreamSource(
            [server.url], api.url, None, 1.0, FakeTimer(), lambda: NOW, [].append
        )
        with closing(source.read(str(NOW_US))) as stream:
            users = [read_user(received) for received in islice(stream, 3)]
    assert [user["username"] for user in users] == [f"a{n}.example.com" for n in range(3)]
    assert api.requests == [[write_did(n) for n in range(3)]]


def test_a_post_that_waits_for_a_name_comes_before_a_pause(api: StubProfiles) -> None:
    timer = FakeTimer()
    with StubJetstream() as server:
        post_id = server.post(time_us=NOW_US, did=write_did(1))
        server.closings.append((1, 1012))
        source = JetstreamSource([server.url], api.url, None, 1.0, timer, lambda: NOW, [].append)
        with closing(source.read(str(NOW_US))) as stream:
            assert next(stream).key.decode() == post_id
    assert timer.waits == []
