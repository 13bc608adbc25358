import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from fake_timer import FakeTimer
from replaying import read_ids, replay, write_line

from producer.sources.live import SourceError


@pytest.fixture
def typing_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """The end into which the tests write what standard input is to give."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "wb", buffering=0) as typed:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield typed


def test_standard_input_is_a_file_too(typing_end: IO[bytes]) -> None:
    typing_end.write(write_line("a") + b"\n" + write_line("b"))
    typing_end.close()
    assert read_ids(replay("-")) == ["a", "b"]


def test_standard_input_stays_open(typing_end: IO[bytes]) -> None:
    typing_end.write(write_line("a"))
    typing_end.close()
    assert read_ids(replay("-", "-")) == ["a"]
    assert not sys.stdin.closed


def test_a_line_goes_on_before_the_next_one_is_there(typing_end: IO[bytes]) -> None:
    timer = FakeTimer()
    messages = replay("-", timer=timer)
    typing_end.write(write_line("a"))
    assert json.loads(next(messages).value)["data"]["id"] == "a"
    timer.on_wait = lambda: typing_end.write(write_line("b"))
    assert json.loads(next(messages).value)["data"]["id"] == "b"


@pytest.mark.parametrize("lines", [b"", write_line("a"), b'{"data": {'])
def test_a_stop_does_not_wait_for_the_next_line(lines: bytes, typing_end: IO[bytes]) -> None:
    typing_end.write(lines)
    timer = FakeTimer()
    timer.on_wait = lambda: setattr(timer, "stopped", True)
    assert read_ids(replay("-", timer=timer, loop=True)) == ["a"][: lines.count(b"\n")]


def test_a_stop_does_not_wait_for_somebody_to_open_a_named_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    timer = FakeTimer()
    timer.on_wait = lambda: setattr(timer, "stopped", True)
    assert read_ids(replay(path, timer=timer)) == []
    path.open("wb").close()


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    timer = FakeTimer()
    timer.on_wait = lambda: (
        path.write_bytes(write_line("a")) and setattr(timer, "on_wait", lambda: None)
    )
    assert read_ids(replay(path, timer=timer)) == ["a"]


def test_more_than_may_wait_in_memory_comes_whole(typing_end: IO[bytes]) -> None:
    typing_end.write(b"".join(b"%d\n" % number for number in range(5000)))
    typing_end.close()
    assert [int(message.value) for message in replay("-")] == list(range(5000))


def test_an_empty_standard_input_is_a_sentence(typing_end: IO[bytes]) -> None:
    typing_end.close()
    with pytest.raises(SourceError, match=r"^- holds no line: name another FILE\.$"):
        list(replay("-"))


def test_a_standard_input_that_is_closed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    sentence = r"^- cannot be read \(standard input is closed\): name another FILE\.$"
    with pytest.raises(SourceError, match=sentence):
        list(replay("-"))
