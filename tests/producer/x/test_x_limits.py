from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from commands import wait_until
from fake_timer import FakeTimer
from stub_x import StubX
from x_reading import (
    Reading,
    find,
    list_ids,
    make_budget,
    refuse,
    send,
    write_line,
)

from producer.sources.live import SourceError
from producer.sources.x.usage import Budget


@pytest.mark.parametrize(
    ("budget", "name"),
    [
        (make_budget(max_posts=3), "3 posts a day"),
        (make_budget(max_cost=0.05), "$0.05 a day"),
        (make_budget(max_cost=0.045), "$0.045 a day"),
    ],
)
def test_a_limit_ends_the_reading_and_is_said(
    budget: Budget, name: str, server: StubX, tmp_path: Path
) -> None:
    reading = Reading(server.url, tmp_path, budget)
    server.scripts.append(lambda stream: (stream.send_posts(10), stream.stay_silent()))
    assert list_ids(reading.read(10)) == ["1", "2", "3"]
    assert reading.said == [
        "x: 7 posts were dropped that had come when reading ended; the cost counts them.",
        f"x: 10 posts today, at most $0.15: the limit of {name} is reached, "
        "and reading stops; after midnight UTC it can be started again.",
    ]
    wait_until(lambda: server.open_connections == 0, 5)


def test_a_limit_holds_across_restarts_until_midnight(server: StubX, tmp_path: Path) -> None:
    reading = Reading(server.url, tmp_path, make_budget(max_posts=3))
    server.scripts += [lambda stream: stream.send_posts(2), lambda stream: stream.send_posts(9)]
    assert len(reading.read(2)) == 2
    reading.source = reading.build()
    assert len(reading.read(5)) == 1
    connections = len(server.queries)
    reading.source = reading.build()
    assert reading.read(5) == []
    assert len(server.queries) == connections
    reading.timer.seconds += 86_400
    server.scripts.append(lambda stream: stream.send_posts(9))
    assert len(reading.read(5)) == 3


def test_a_post_is_counted_before_it_is_handed_on(server: StubX, reading: Reading) -> None:
    server.post()
    server.post()
    with closing(reading.source.read("")) as stream:
        next(stream)
        assert reading.read_usage() == (1, 1)
        next(stream)
        assert reading.read_usage() == (2, 2)


@pytest.mark.parametrize(
    ("posts", "words"),
    [
        (2, "1 post was dropped that had come when reading ended; the cost counts it."),
        (9, "8 posts were dropped that had come when reading ended; the cost counts them."),
    ],
)
def test_posts_that_nobody_has_taken_when_reading_ends_are_counted_and_said(
    posts: int, words: str, server: StubX, reading: Reading
) -> None:
    server.scripts.append(lambda stream: (stream.send_posts(posts), stream.stay_silent()))
    assert list_ids(reading.read(1)) == ["1"]
    assert reading.read_usage() == (posts, posts)
    assert reading.said == [f"x: {words}"]


def test_half_a_line_that_has_come_when_reading_ends_is_counted_and_said(
    server: StubX, reading: Reading
) -> None:
    server.scripts.append(send(write_line("1") + write_line("2")[:40]))
    reading.read(1)
    assert reading.read_usage() == (2, 2)
    assert len(find(reading.said, "Half a line had come")) == 1


def test_every_minute_it_says_what_the_day_has_cost(server: StubX, tmp_path: Path) -> None:
    reading = Reading(server.url, tmp_path, timer=FakeTimer(cost=10))
    half = write_line("3")[:40]
    server.scripts += [
        send(write_line("1"), b"broken\r\n", half),
        send(*[b"\r\n"] * 30),
        refuse(401),
    ]
    with pytest.raises(SourceError):
        reading.read(9)
    told = find(reading.said, "today, at most")
    assert told[0].startswith("x: 2 posts today, at most $0.03, ")
    assert told[0].endswith(" s behind, 1 that make no sense")
    assert told[1] == "x: 3 posts today, at most $0.05, 1 dropped half-way"
    assert told[2] == "x: 3 posts today, at most $0.05"


def test_the_line_of_a_minute_tells_how_far_behind_the_last_post_was(
    server: StubX, reading: Reading
) -> None:
    posts = write_line("1", created_at="2026-11-26T23:59:58.600Z"), write_line("2", created_at="?")
    server.scripts += [send(*posts), refuse(401)]
    with closing(reading.source.read("")) as stream:
        next(stream)
        next(stream)
        assert reading.said == []
        reading.timer.seconds += 60
        with pytest.raises(SourceError):
            next(stream)
    told = find(reading.said, "today, at most")
    assert told == ["x: 2 posts today, at most $0.03, 1.4 s behind"]


def test_in_a_long_pause_it_says_so_as_well(server: StubX, reading: Reading) -> None:
    reset = str(int(reading.clock().timestamp()) + 185)
    server.scripts += [send(write_line("1")), refuse(429, x_rate_limit_reset=reset), refuse(401)]
    with pytest.raises(SourceError):
        reading.read(9)
    told = find(reading.said, "1 post today, at most $0.02")
    assert len(told) == 3
    assert sum(reading.timer.waits) == 185


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"{"),
        lambda path: path.write_bytes(b"[]"),
        lambda path: path.write_bytes(b'{"day": "2026-11-27", "posts": -1, "users": 0}'),
        lambda path: path.write_bytes(b'{"day": "2099-11-27", "posts": 1, "users": 0}'),
        lambda path: path.write_bytes(b'{"day": "today", "posts": 1, "users": 0}'),
    ],
)
def test_a_damaged_count_is_not_taken_for_nothing(
    damage: Damage, server: StubX, reading: Reading
) -> None:
    damage(reading.usage_file)
    with pytest.raises(SourceError, match="is damaged: delete it to count from 0 again") as raised:
        reading.read(1)
    assert str(reading.usage_file) in str(raised.value)
    assert server.queries == []


def test_two_producers_do_not_count_in_one_file(server: StubX, reading: Reading) -> None:
    server.post()
    second = reading.build()
    with closing(reading.source.read("")) as stream:
        next(stream)
        with pytest.raises(SourceError, match="Another producer reads from X"):
            next(second.read(""))


def test_a_count_that_cannot_be_kept_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reading = Reading("http://127.0.0.1:1", tmp_path / "file")
    with pytest.raises(SourceError, match="cannot be opened"):
        reading.read(1)
