from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from commands import wait_until
from fake_timer import FakeTimer

from producer.live import LiveReader
from producer.message import KEPT_OF_LONGER, LONGEST_VALUE, Message
from producer.sources.live import Received, SourceError
from producer.spool.spool import Spool, SpoolClosed
from producer.timer import Timer

LIMIT = 32 << 20
LARGE = 900_000
LOST = "The last message that was read is not kept."

Script = Callable[[str], Generator[Received, None, None]]


class ScriptedSource:
    """A source that does what a test says, and remembers from where it was asked to read."""

    def __init__(self, script: Script) -> None:
        self.cursors: list[str] = []
        self.closed = 0
        self._script = script

    def read(self, cursor: str) -> Generator[Received, None, None]:
        self.cursors.append(cursor)
        try:
            yield from self._script(cursor)
        finally:
            self.closed += 1


def receive(number: int, size: int = 10) -> Received:
    return Received(b"%d" % number, b"x" * size, f"id {number}", str(number))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def spool(tmp_path: Path, said: list[str]) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool", LIMIT, said.append)
    yield spool
    spool.close()


def start_reader(script: Script, spool: Spool, said: list[str]) -> tuple[LiveReader, Timer]:
    timer = Timer()
    reader = LiveReader(ScriptedSource(script), spool, timer, said.append)
    reader.start()
    return reader, timer


def deliver(message: Message, offset: int) -> None:
    assert message.on_delivered
    message.on_delivered(0, offset)


def test_what_the_source_reads_can_be_delivered_until_it_ends(
    spool: Spool, said: list[str]
) -> None:
    reader, _ = start_reader(lambda _: (receive(n) for n in range(5)), spool, said)
    timer = FakeTimer()
    keys = [message.key for message in spool.read(timer, timer.wait)]
    assert keys == [b"0", b"1", b"2", b"3", b"4"]
    assert reader.failure is None
    assert said == []


def test_a_source_that_cannot_go_on_ends_the_run_after_what_it_has_read(
    spool: Spool, said: list[str]
) -> None:
    def fail(_cursor: str) -> Generator[Received, None, None]:
        yield receive(1)
        raise SourceError("The token is wrong: make another one.")

    reader, _ = start_reader(fail, spool, said)
    timer = FakeTimer()
    assert [message.key for message in spool.read(timer, timer.wait)] == [b"1"]
    assert str(reader.failure) == "The token is wrong: make another one."


def test_a_full_spool_closes_the_connection_and_loses_nothing_that_was_read(
    spool: Spool, said: list[str]
) -> None:
    def read_on(cursor: str) -> Generator[Received, None, None]:
        yield from (receive(n, LARGE) for n in range(int(cursor or -1) + 1, 60))

    timer = Timer()
    source = ScriptedSource(read_on)
    LiveReader(source, spool, timer, said.append).start()
    wait_until(lambda: source.closed == 1, 30)
    main_timer = FakeTimer()
    keys = []
    for offset, message in enumerate(spool.read(main_timer, timer.wait)):
        keys.append(int(message.key))
        deliver(message, offset)
        spool.save()
    assert keys == list(range(60))
    assert len(source.cursors) > 1
    assert "Reading stops until there is room." in said[0]
    assert said[1].startswith("The spool has room again; nothing was read for ")


def read_for_ever(_cursor: str) -> Generator[Received, None, None]:
    for number in count():
        yield receive(number, LARGE)


def test_a_stop_ends_the_reader_while_it_waits_for_room(spool: Spool, said: list[str]) -> None:
    reader, _ = start_reader(read_for_ever, spool, said)
    wait_until(lambda: bool(said), 30)
    reader.stop()
    with pytest.raises(SpoolClosed):
        spool.append(receive(1))
    assert reader.failure is None
    assert said[1:] == [said[0].replace("Reading stops until there is room.", LOST)]


def test_a_message_that_met_a_full_spool_is_kept_at_a_stop_if_there_is_room_by_then(
    spool: Spool, said: list[str]
) -> None:
    reader, _ = start_reader(read_for_ever, spool, said)
    wait_until(lambda: bool(said), 30)
    timer = FakeTimer()
    pending = spool.read(timer, timer.wait)
    for offset in range(6):
        deliver(next(pending), offset)
    reader.stop()
    kept = [int(message.key) for message in pending]
    assert kept == list(range(6, kept[-1] + 1))
    assert len(said) == 1


def test_no_more_new_messages_are_read_than_wanted(spool: Spool, said: list[str]) -> None:
    spool.append(receive(0))
    timer = Timer()
    source = ScriptedSource(read_for_ever)
    LiveReader(source, spool, timer, said.append, most=3).start()
    main_timer = FakeTimer()
    assert [int(message.key) for message in spool.read(main_timer, timer.wait)] == [0, 1, 2, 3]
    assert source.closed == 1


def test_the_last_message_wanted_may_have_had_to_wait_for_room(
    spool: Spool, said: list[str]
) -> None:
    room = LIMIT // (LARGE + 100)
    timer = Timer()
    LiveReader(ScriptedSource(read_for_ever), spool, timer, said.append, most=room + 1).start()
    wait_until(lambda: bool(said), 30)
    keys = []
    main_timer = FakeTimer()
    for offset, message in enumerate(spool.read(main_timer, timer.wait)):
        keys.append(int(message.key))
        deliver(message, offset)
    assert keys == list(range(room + 1))


def test_of_a_message_that_kafka_would_not_take_the_beginning_goes_on(
    spool: Spool, said: list[str]
) -> None:
    start_reader(lambda _: (receive(n, LONGEST_VALUE + n) for n in range(2)), spool, said)
    timer = FakeTimer()
    sizes = [len(message.value) for message in spool.read(timer, timer.wait)]
    assert sizes == [LONGEST_VALUE, KEPT_OF_LONGER]
    assert said == ["A message above 1,000,000 bytes has come; its beginning goes on."]
