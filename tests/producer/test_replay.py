import gzip
import json
import math
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fake_timer import FakeTimer
from replaying import read_ids, replay, write_line

from models.tweet import compose_delete
from producer.message import KEPT_OF_LONGER, LONGEST_LINE, Message
from producer.sources.live import SourceError


@pytest.fixture
def tweets(tmp_path: Path) -> Path:
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(write_line("a") + write_line("b", 10) + write_line("c", 30))
    return path


@pytest.mark.parametrize(("speed", "moments"), [(1, [0, 10, 30]), (10, [0, 1, 3])])
def test_tweets_come_in_the_rhythm_in_which_they_were_created(
    speed: float, moments: list[float], tweets: Path
) -> None:
    timer = FakeTimer()
    reached = [timer.seconds - 1000 for _ in replay(tweets, timer=timer, speed=speed)]
    assert reached == pytest.approx(moments)


def test_at_the_highest_speed_nobody_waits(tweets: Path) -> None:
    timer = FakeTimer()
    assert read_ids(replay(tweets, timer=timer, speed=math.inf)) == ["a", "b", "c"]
    assert timer.waits == []


def test_what_is_out_of_order_is_not_held_back_and_holds_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(write_line("a", 100) + write_line("b", 0) + write_line("c", 105))
    timer = FakeTimer()
    assert [timer.seconds - 1000 for _ in replay(path, timer=timer)] == [0, 0, 5]


@pytest.mark.parametrize(
    ("created", "moments"),
    [
        ([0, 3600, 7200], [0, 3600, 7200]),
        ([0, 10, 10_000, 10_010], [0, 10, 10, 20]),
        ([-1_700_000_000, 0, 10], [0, 0, 10]),
        ([0, 3e9, 10, 20], [0, 0, 0, 10]),
        ([0, 10, -3e9, 20, 30], [0, 10, 10, 10, 20]),
        ([20_000, 20_010, 0, 10, 5, 20], [0, 10, 10, 20, 20, 30]),
    ],
)
def test_a_jump_of_more_than_an_hour_is_not_waited_for(
    created: list[float], moments: list[float], tmp_path: Path
) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(b"".join(write_line("a", seconds) for seconds in created))
    timer = FakeTimer()
    reached = [timer.seconds - 1000 for _ in replay(path, timer=timer)]
    assert reached == pytest.approx(moments)


def test_the_first_and_the_last_moment_of_all_are_times_too(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    times = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
    lines = [{"data": {"id": "a", "created_at": time}} for time in times]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert len(list(replay(path))) == 2


def test_a_message_is_sent_as_it_was_under_its_id(tweets: Path) -> None:
    first = next(replay(tweets))
    assert first.key == b"a"
    assert json.loads(first.value) == json.loads(write_line("a"))


def test_a_message_without_a_source_comes_from_the_replay(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_text('{"data": {"id": "1", "text": "sun"}}')
    assert json.loads(next(replay(path)).value)["source"] == "replay"


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("tweets.jsonl", bytes),
        ("tweets.jsonl.gz", gzip.compress),
        ("tweets.jsonl.zst", lambda content: pa.compress(content, "zstd", asbytes=True)),
    ],
)
def test_files_may_be_compressed(name: str, pack: Any, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(pack(write_line("a") + b"\r\n\n" + write_line("b").rstrip()))
    assert read_ids(replay(path)) == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    [b"not json", b"[1]", b'{"data": 1}', b'{"data": {"id": 7}}', b"\xff\xfe", b"[" * 100_000],
)
def test_a_line_that_is_no_tweet_goes_on_as_it_is(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(write_line("a") + line + b"\n" + write_line("b"))
    messages = list(replay(path))
    assert messages[1] == Message(b"", line)
    assert read_ids(iter([messages[0], messages[2]])) == ["a", "b"]


def test_of_a_line_without_end_the_beginning_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(b"x" * (3 * LONGEST_LINE + 5) + b"\n" + write_line("b"))
    long, after = replay(path)
    assert long.value == b"x" * KEPT_OF_LONGER
    assert after.key == b"b"


def test_a_tweet_can_be_created_when_it_is_sent(tweets: Path) -> None:
    timer = FakeTimer()
    created = [
        json.loads(message.value)["data"]["created_at"]
        for message in replay(tweets, timer=timer, now=True)
    ]
    assert created == [
        "2026-11-27T00:16:40.000Z",
        "2026-11-27T00:16:50.000Z",
        "2026-11-27T00:17:10.000Z",
    ]


def test_a_loop_gives_every_tweet_an_id_of_its_own(tweets: Path) -> None:
    timer = FakeTimer()
    looped = replay(tweets, timer=timer, loop=True)
    assert read_ids(islice(looped, 7)) == ["a", "b", "c", "a-2", "b-2", "c-2", "a-3"]
    assert timer.seconds - 1000 == pytest.approx(60)


def test_a_delete_is_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    delete = compose_delete("a", "x", "2026-11-01T12:00:00Z")
    path.write_bytes(write_line("a") + delete)
    _, passed_on = replay(path)
    assert passed_on.key == b"a"
    assert json.loads(passed_on.value) == json.loads(delete)


def test_a_stop_ends_the_replay(tweets: Path) -> None:
    timer = FakeTimer()
    messages = replay(tweets, timer=timer)
    next(messages)
    timer.stopped = True
    assert list(messages) == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.jsonl", None, r"cannot be read \(No such file or directory\): name another FILE"),
        ("empty.jsonl", b"\n \n", "holds no line: name another FILE"),
        (
            "cut.jsonl.gz",
            gzip.compress(write_line("a") * 1000, mtime=0)[:-40],
            r"cannot be read \(Truncated compressed stream\): name another FILE",
        ),
        (
            "text.jsonl.gz",
            b"not compressed at all",
            r"cannot be read \(zlib inflate failed: .+\): name another FILE",
        ),
        (
            "part.parquet",
            b"PAR1\x15\x04PAR1",
            "is a file of Parquet, not of lines: name the folder of stored tweets that it is from",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(
    name: str, content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"^{path} {sentence}\.$"):
        list(replay(path, loop=True))


@pytest.mark.parametrize("place", ["http://127.0.0.1/tweets.jsonl", "s3://bucket", "hdfs://[::1"])
def test_a_place_that_cannot_be_read_is_a_sentence(place: str) -> None:
    with pytest.raises(SourceError, match="is no place to replay from") as raised:
        list(replay(place))
    assert str(raised.value).startswith(place)
