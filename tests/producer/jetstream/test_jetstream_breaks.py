from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from itertools import accumulate, islice

import pytest
from commands import find_free_port
from fake_timer import FakeTimer
from jetstream_reading import (
    REWIND,
    SECOND,
    START,
    list_different_ids,
    list_ids,
    make_source,
    post_each_second,
    read,
    read_through,
)
from stub_jetstream import StubJetstream
from websockets.sync.client import connect

from producer.sources.jetstream.connection import Disconnected, read_frames
from producer.sources.jetstream.resume import Position
from producer.sources.jetstream.servers import Servers
from producer.sources.live import SourceError


@pytest.fixture
def other_server() -> Iterator[StubJetstream]:
    """Another one."""
    with StubJetstream() as server:
        yield server


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, None])
def test_a_connection_that_ends_is_taken_up_where_it_ended(
    server: StubJetstream, code: int | None
) -> None:
    ids = post_each_second(server, 9)
    server.closings.extend([(3, code), (4, code)])
    timer, said = FakeTimer(), list[str]()
    received = read_through(make_source(server, timer=timer, said=said), START, ids[-1])
    assert list_different_ids(received) == ids
    assert server.cursors == [START - REWIND, START + 2 * SECOND, START + 5 * SECOND]
    assert timer.waits == [0, 0]
    assert all(server.url in sentence and "is tried at once." in sentence for sentence in said)


def test_the_reason_of_a_server_cannot_play_with_a_terminal(server: StubJetstream) -> None:
    post_each_second(server, 2)
    server.closings.append((1, 1012))
    server.close_reason = "\x1b[2J\x07soon\r\n"
    said: list[str] = []
    read(make_source(server, said=said), START, 2)
    assert said[0].isprintable()
    assert "[2J soon); " in said[0]


def test_half_an_event_and_binary_and_wrong_encodings_go_on_as_they_came(
    server: StubJetstream,
) -> None:
    frames = [b'{"did": "did:plc:a", "ti', "caf\xe9".encode("latin-1"), b"\x28\xb5\x2f\xfd", b"[]"]
    ids = [server.post(time_us=START)]
    for number, frame in enumerate(frames):
        server.log_frame(frame, START + 1 + number, is_text=number != 2)
    ids.append(server.post(time_us=START + 9))
    received = read_through(make_source(server), START, ids[1])
    assert [each.value for each in received[1:-1]] == frames
    assert {each.key for each in received[1:-1]} == {b""}
    assert {each.cursor for each in received[1:-1]} == {str(START)}
    assert [each.identity for each in received[1:-1]] == [sha256(f).hexdigest() for f in frames]
    assert list_ids([received[0], received[-1]]) == ids
    assert len(server.queries) == 1


def test_what_a_server_repeats_has_the_same_identity(server: StubJetstream) -> None:
    post_id = server.post(time_us=START)
    server._log *= 3
    last = server.post(time_us=START + 1)
    received = read_through(make_source(server), START, last)
    assert len(received) == 4
    assert list_different_ids(received) == [post_id, last]


def test_thirty_seconds_of_silence_are_the_end_of_a_connection(server: StubJetstream) -> None:
    server.post(time_us=START)
    timer = FakeTimer()
    with closing(read_frames(f"{server.url}/subscribe?cursor=0", timer)) as frames:
        next(frames)
        timer.seconds += 29.9
        assert next(frames) is None
        timer.seconds += 0.1
        with pytest.raises(Disconnected, match="has said nothing for 30 s"):
            next(frames)


def test_after_silence_the_next_server_is_read(
    server: StubJetstream, other_server: StubJetstream
) -> None:
    said: list[str] = []
    post_id = other_server.post(time_us=START)
    source = make_source(server, other_server, timer=FakeTimer(cost=10), said=said)
    assert list_ids(read(source, START, 1)) == [post_id]
    assert (
        f"{server.url} has said nothing for 30 s; {other_server.url} is tried at once." in said[0]
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_tried_again_after_growing_pauses(
    server: StubJetstream, status: int
) -> None:
    ids = post_each_second(server, 2)
    server.refusals.extend([status] * 9)
    timer, said = FakeTimer(), list[str]()
    with closing(make_source(server, timer=timer, said=said).read(str(START))) as stream:
        assert list_ids(list(islice(stream, 2))) == ids
        pauses = [0, 1, 2, 4, 8, 16, 32, 60, 60]
        assert set(accumulate(timer.waits)) >= set(accumulate(pauses))
        assert sum(timer.waits) == sum(pauses)
        sentence = f"{server.url} answers with HTTP {status}; {server.url} is tried in 60 s."
        assert f"jetstream: {sentence}" in said
        server.close_connections()
        next(stream)
        assert sum(timer.waits) == sum(pauses)


def test_an_outage_of_days_is_outlasted() -> None:
    servers, position = Servers(["ws://a", "ws://b"]), Position(str(START))
    for _ in range(5000):
        pause = servers.leave(Disconnected("is away"))
        position.skip_ahead()
    assert pause == 60
    assert position.resume("ws://a") == START - REWIND + 36 * 3600 * SECOND


def test_nothing_that_is_new_is_no_reason_to_hurry(server: StubJetstream) -> None:
    post_each_second(server, 1)
    server.closings.extend([(1, 1012)] * 5)
    timer = FakeTimer()
    read(make_source(server, timer=timer), START, 6)
    assert timer.waits == [0, 1, 2, 4, 8]


def test_a_server_that_is_not_there_leaves_its_turn(server: StubJetstream) -> None:
    ids = post_each_second(server, 2)
    timer, said = FakeTimer(), list[str]()
    gone = f"ws://127.0.0.1:{find_free_port()}"
    source = make_source(gone, gone + "/subscribe", server, timer=timer, said=said)
    assert list_ids(read(source, START, 2)) == ids
    assert timer.waits == [0, 1]
    assert f"{gone} cannot be reached (" in said[0]


def test_another_server_is_asked_for_a_little_more_than_the_rest(
    server: StubJetstream, other_server: StubJetstream
) -> None:
    ids = [
        [each.post(f"rain {n}", START + n * SECOND + shift, rkey=f"3lsame{n}") for n in range(20)]
        for each, shift in ((server, 0), (other_server, 1_300_000))
    ]
    server.closings.append((10, 1012))
    received = read_through(make_source(server, other_server), START, ids[0][-1])
    assert other_server.cursors == [START + 9 * SECOND - REWIND]
    assert list(dict.fromkeys(list_ids(received))) == ids[0] == ids[1]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_when_every_server_refuses_reading_ends_with_a_sentence(
    server: StubJetstream, other_server: StubJetstream, status: int
) -> None:
    server.refusals.append(status)
    other_server.refusals.append(400)
    with pytest.raises(SourceError) as caught:
        read(make_source(server, other_server), START, 1)
    assert str(caught.value) == (
        f"No Jetstream server lets us read ({server.url} answers with HTTP {status}, "
        f"{other_server.url} answers with HTTP 400): correct --url or TWEETS_JETSTREAM_URLS."
    )


def test_a_refusal_is_no_end_while_another_server_may_let_us_read(
    server: StubJetstream, other_server: StubJetstream
) -> None:
    server.refusals.extend([400, 503])
    other_server.refusals.extend([503, 400])
    post_id = server.post(time_us=START)
    assert list_ids(read(make_source(server, other_server), START, 1)) == [post_id]


def test_a_connection_of_ours_that_still_counts_is_waited_for(server: StubJetstream) -> None:
    post_id = server.post(time_us=START)
    server.refuses_second = True
    timer = FakeTimer()
    with connect(f"{server.url}/subscribe") as old_connection:

        def end_the_old_connection() -> None:
            if len(timer.waits) == 3:
                old_connection.close()

        timer.on_wait = end_the_old_connection
        assert list_ids(read(make_source(server, timer=timer), START, 1)) == [post_id]
    assert timer.waits[:3] == [0, 1, 2]


def test_a_cursor_older_than_the_server_looks_back_costs_what_is_said(
    server: StubJetstream,
) -> None:
    day = 24 * 3600 * SECOND
    ids = [server.post(time_us=START - n * day) for n in (3, 2, 1, 0)]
    server.forget_before(START - day)
    said: list[str] = []
    assert list_ids(read(make_source(server, said=said), START - 3 * day, 2)) == ids[2:]
    assert said == [
        "jetstream: the server has nothing from 2026-11-15 11:06:40 to 2026-11-17 11:06:40 UTC "
        "(about 48 h): what was posted then is missing; servers look back 36 h."
    ]


@pytest.mark.parametrize(("seconds", "is_said"), [(60, False), (61, True)])
def test_more_than_a_minute_without_events_after_a_break_is_a_gap(
    server: StubJetstream, seconds: int, is_said: bool
) -> None:
    server.closings.append((1, 1012))
    server.post(time_us=START)
    server.post(time_us=START + seconds * SECOND)
    server.post(time_us=START + 2 * seconds * SECOND)
    said: list[str] = []

    def lose_the_first() -> None:
        server.forget_before(START + 1)

    timer = FakeTimer()
    timer.on_wait = lose_the_first
    read(make_source(server, timer=timer, said=said), START, 3)
    gaps = [sentence for sentence in said if "has nothing from" in sentence]
    assert [("about 1 min" in gap) for gap in gaps] == [True] * is_said
