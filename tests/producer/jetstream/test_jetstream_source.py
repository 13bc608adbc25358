import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from commands import wait_until
from fake_timer import FakeTimer
from jetstream_reading import (
    NOBODY,
    NOW,
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
from stub_jetstream import COLLECTION, StubJetstream

from producer.sources.jetstream.choice import is_chosen
from producer.sources.jetstream.events import Delete
from producer.sources.jetstream.source import JetstreamSource
from producer.sources.live import SourceError


def test_posts_updates_and_deletes_come_in_their_order(server: StubJetstream) -> None:
    post_id = server.post("rain", START)
    server.post("more rain", START + 1, rkey=post_id.split("/")[1], operation="update")
    server.delete(post_id, START + 2)
    received = read(make_source(server), START, 3)
    assert list_ids(received) == [post_id] * 3
    values = [json.loads(each.value) for each in received]
    assert [value["data"].get("text") for value in values] == ["rain", "more rain", None]
    assert [value.get("event") for value in values] == [None, None, "delete"]
    assert len({each.identity for each in received}) == 3
    assert [int(each.cursor) for each in received] == [START, START + 1, START + 2]


@pytest.mark.parametrize("ending", ["", "/", "/subscribe", "/subscribe?wantedCollections=a.b.c"])
def test_a_server_is_asked_for_posts_of_a_bearable_size(server: StubJetstream, ending: str) -> None:
    server.post(time_us=START)
    read(make_source(server.url + ending), START, 1)
    assert server.paths == ["/subscribe"]
    assert server.queries[0]["wantedCollections"] == [COLLECTION]
    assert server.queries[0]["maxMessageSizeBytes"] == ["1000000"]


@pytest.mark.parametrize(
    "url", ["", "jetstream", "https://a.example", "wss://", "ws://a:x", "ws://a..b"]
)
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SourceError, match="no address of a Jetstream server") as caught:
        make_source("ws://127.0.0.1:1", url)
    assert repr(url) in str(caught.value)


def test_without_a_cursor_reading_starts_from_now_on(server: StubJetstream) -> None:
    post_each_second(server, 3)
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(read, make_source(server), "", 1)
        wait_until(lambda: server.followers == 1, 10)
        latest = server.post(time_us=START + 9 * SECOND)
        assert list_ids(received.result(10)) == [latest]
    assert server.cursors == [None]


def test_what_came_while_nobody_read_comes_after_the_cursor(server: StubJetstream) -> None:
    ids = post_each_second(server, 5)
    first = read(make_source(server), START, 3)
    ids += post_each_second(server, 4, first=5)
    rest = read_through(make_source(server), first[-1].cursor, ids[-1])
    # Of a cursor of an earlier run nobody knows by which server's clock it goes.
    assert server.cursors == [START - REWIND, START + 2 * SECOND - REWIND]
    assert list_different_ids(first + rest) == ids


def test_closing_the_iterator_closes_the_connection(server: StubJetstream) -> None:
    ids = post_each_second(server, 4)
    source = make_source(server)
    with closing(source.read(str(START))) as stream:
        next(stream)
        assert server.followers == 1
    wait_until(lambda: server.close_codes == [1000], 10)
    assert list_ids(read(source, START, 4)) == ids


def test_a_stop_ends_reading(server: StubJetstream) -> None:
    ids = post_each_second(server, 4)
    timer = FakeTimer()
    with closing(make_source(server, timer=timer).read(str(START))) as stream:
        assert next(stream).key.decode() == ids[0]
        timer.stopped = True
        assert list(stream) == []


def test_a_stop_ends_a_pause() -> None:
    timer = FakeTimer()

    def stop_in_the_fourth_pause() -> None:
        timer.stopped = len(timer.waits) == 4

    timer.on_wait = stop_in_the_fourth_pause
    assert read(make_source("ws://127.0.0.1:1", timer=timer), START, 1) == []


def test_a_pause_does_not_keep_the_line_of_a_minute_back() -> None:
    timer, said = FakeTimer(), list[str]()

    def stop_after_ten_minutes() -> None:
        timer.stopped = timer.seconds >= began + 601

    began = timer.seconds
    timer.on_wait = stop_after_ten_minutes
    assert read(make_source("ws://127.0.0.1:1", timer=timer, said=said), "", 1) == []
    told = [sentence for sentence in said if "0 posts" in sentence]
    assert len(told) == 10


def test_other_events_are_skipped_and_move_the_cursor(server: StubJetstream) -> None:
    for number, kind in enumerate(["account", "identity", "sync"]):
        server.log({"kind": kind, kind: {"handle": "rain.example.com"}}, START + number)
    server.closings.append((3, 1012))
    post_id = server.post(time_us=START + 3)
    assert list_ids(read(make_source(server), START, 1)) == [post_id]
    assert server.cursors == [START - REWIND, START + 2]


def test_posts_without_text_are_skipped(server: StubJetstream) -> None:
    server.post("", START)
    post_id = server.post("rain", START + 1)
    assert list_ids(read(make_source(server), START, 1)) == [post_id]


def test_a_language_leaves_out_posts_but_no_deletes(server: StubJetstream) -> None:
    german, english = server.post(time_us=START, langs=["de"]), server.post(time_us=START + 1)
    server.delete(german, START + 2)
    server.delete(english, START + 3)
    received = read(make_source(server, lang="en"), START, 3)
    assert list_ids(received) == [english, german, english]


def test_a_sample_is_the_same_after_a_restart_and_holds_the_deletes(server: StubJetstream) -> None:
    ids = post_each_second(server, 40)
    for number, post_id in enumerate(ids):
        server.delete(post_id, START + 40 * SECOND + number)
    chosen = [each for each in ids if is_chosen(Delete(each, "delete:…", START), None, 0.3)]
    assert 0 < len(chosen) < 40
    for _ in range(2):
        received = read(make_source(server, sample=0.3), START, 2 * len(chosen))
        assert list_ids(received) == chosen + chosen


def test_each_minute_a_line_says_what_came(server: StubJetstream) -> None:
    said: list[str] = []
    timer = FakeTimer()
    post_id, *_ = post_each_second(server, 1300)
    server.post("", START + 1400 * SECOND)
    server.delete(post_id, START + 1401 * SECOND)
    server.log_frame(b"{", START + 1402 * SECOND)
    server.post(time_us=START + 1403 * SECOND)
    now = NOW + timedelta(minutes=20)
    source = JetstreamSource([server.url], NOBODY, None, 1.0, timer, lambda: now, said.append)
    with closing(source.read(str(START))) as stream:
        for _ in range(1302):
            next(stream)
        assert said == []
        timer.seconds += 60
        next(stream)
    assert said == [
        "jetstream: 1,300 posts (1 without text skipped), 1 deletes, 1 that make no sense, "
        "399.0 s behind"
    ]
