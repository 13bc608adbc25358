"""Reading from stub Jetstream servers in tests."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice

from fake_timer import FakeTimer
from stub_jetstream import StubJetstream

from producer.sources.jetstream.source import JetstreamSource
from producer.sources.live import Received

SECOND = 1_000_000
REWIND = 5 * SECOND
# Microseconds, as in the stream; so long before now that nobody asks for the names of authors.
START = 1_795_000_000 * SECOND
NOW = datetime.fromtimestamp(START / SECOND, UTC) + timedelta(minutes=10)
NOBODY = "http://127.0.0.1:1"


def make_source(
    *servers: StubJetstream | str,
    timer: FakeTimer | None = None,
    said: list[str] | None = None,
    lang: str | None = None,
    sample: float = 1.0,
) -> JetstreamSource:
    urls = [server if isinstance(server, str) else server.url for server in servers]
    say = (said if said is not None else []).append
    return JetstreamSource(urls, NOBODY, lang, sample, timer or FakeTimer(), lambda: NOW, say)


def read(source: JetstreamSource, cursor: int | str, number: int) -> list[Received]:
    with closing(source.read(str(cursor))) as stream:
        return list(islice(stream, number))


def read_through(source: JetstreamSource, cursor: int | str, last_id: str) -> list[Received]:
    """Read until that post has come."""
    received = []
    with closing(source.read(str(cursor))) as stream:
        for each in stream:
            received.append(each)
            if each.key.decode() == last_id:
                break
    return received


def post_each_second(server: StubJetstream, number: int, first: int = 0) -> list[str]:
    moments = range(first, first + number)
    return [server.post(f"rain {each}", START + each * SECOND) for each in moments]


def list_ids(received: list[Received]) -> list[str]:
    return [each.key.decode() for each in received]


def list_different_ids(received: list[Received]) -> list[str]:
    """List ids as Kafka gets them: what the spool knows by its identity is not put in again."""
    return list_ids(list({each.identity: each for each in received}.values()))
