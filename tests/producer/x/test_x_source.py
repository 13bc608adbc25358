import json
import threading
import tracemalloc
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from commands import wait_until
from stub_x import StubStream, StubX
from x_reading import (
    Reading,
    find,
    list_ids,
    send,
    write_line,
)

from producer.message import KEPT_OF_LONGER

MEGABYTE = 1 << 20


def test_a_post_becomes_a_message_with_its_author(server: StubX, reading: Reading) -> None:
    server.post("two pizzas", username="ann", created_at="2026-11-26T23:59:58.000Z")
    (received,) = reading.read(1)
    assert json.loads(received.value) == {
        "data": {
            "id": "1",
            "text": "two pizzas",
            "created_at": "2026-11-26T23:59:58.000Z",
            "author_id": "u-ann",
            "lang": "en",
        },
        "includes": {"users": [{"id": "u-ann", "name": "Ann", "username": "ann"}]},
        "source": "x",
    }
    assert (received.key, received.identity, received.cursor) == (b"1", "x:1", "")


def test_x_is_asked_for_what_it_does_not_send_by_itself(server: StubX, reading: Reading) -> None:
    server.post()
    reading.read(1)
    assert server.queries == [
        {
            "tweet.fields": ["created_at,author_id,lang,note_tweet"],
            "expansions": ["author_id"],
            "user.fields": ["name,username"],
        }
    ]
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_a_netrc_does_not_take_the_place_of_the_token(
    server: StubX, reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.post()
    reading.read(1)
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_the_token_is_not_shown(reading: Reading) -> None:
    assert "secret" not in repr(reading.source)


def test_lines_arrive_whole_whatever_pieces_they_come_in(server: StubX, reading: Reading) -> None:
    text = "".join(map(chr, range(0x20, 0x250))) + "🍕" * 300
    lines = b"".join(write_line(str(number), text=text) for number in range(40))
    server.scripts.append(
        send(*(lines[start : start + 997] for start in range(0, len(lines), 997)))
    )
    received = reading.read(40)
    assert list_ids(received) == [str(number) for number in range(40)]
    assert {json.loads(each.value)["data"]["text"] for each in received} == {text}


def test_a_burst_is_read_whole_and_in_order(server: StubX, reading: Reading) -> None:
    server.scripts.append(lambda stream: stream.send_posts(10_000))
    assert list_ids(reading.read(10_000)) == [str(number) for number in range(1, 10_001)]


def test_a_break_loses_nothing_that_had_come_whole(server: StubX, reading: Reading) -> None:
    half = write_line("3")[:50]
    server.scripts += [send(write_line("1"), write_line("2") + half), send(write_line("4"))]
    assert list_ids(reading.read(3)) == ["1", "2", "4"]
    assert reading.timer.waits == [0]
    assert len(find(reading.said, "Half a line had come")) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"\xff\xfe\x00",
        '{"data": {"id": "1", "text": "caf\xe9"}}'.encode("latin-1"),
        b'{"data": {"id": 1}}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_post_goes_on_as_it_is(
    line: bytes, server: StubX, reading: Reading
) -> None:
    server.scripts.append(send(line + b"\r\n" + write_line("2")))
    broken, post = reading.read(2)
    assert (broken.key, broken.value, broken.identity) == (b"", line, "")
    assert post.key == b"2"
    assert reading.read_usage() == (2, 2)


def test_of_an_endless_line_the_beginning_goes_on_and_memory_stays_flat(
    server: StubX, reading: Reading
) -> None:
    piece = b"x" * (64 << 10)
    server.scripts.append(send(write_line("1"), *[piece] * 400, b"\r\n" + write_line("2")))
    with closing(reading.source.read("")) as stream:
        assert next(stream).key == b"1"
        tracemalloc.start()
        try:
            cut, after = next(stream), next(stream)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert cut.value == b"x" * KEPT_OF_LONGER
    assert after.key == b"2"
    assert peak < 4 * MEGABYTE
    assert len(find(reading.said, "A line above 512 KB has come")) == 1


def test_a_post_that_is_sent_twice_is_known_by_its_identity(
    server: StubX, reading: Reading
) -> None:
    server.scripts += [send(write_line("1"), write_line("2")), send(write_line("2"))]
    received = reading.read(3)
    assert received[1] == received[2]
    assert received[0].identity != received[1].identity


def test_what_a_compressor_sends_is_not_held_back(server: StubX, reading: Reading) -> None:
    seen = threading.Event()

    def send_compressed(stream: StubStream) -> None:
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        stream.begin(Content_Encoding="gzip")
        for post_id in ("1", "2"):
            stream.send(packer.compress(write_line(post_id)) + packer.flush(zlib.Z_SYNC_FLUSH))
            seen.wait(10)

    server.scripts.append(send_compressed)
    with closing(reading.source.read("")) as stream:
        assert next(stream).key == b"1"
        seen.set()
        assert next(stream).key == b"2"
    assert server.headers[0]["Accept-Encoding"] == "identity"


def test_closing_the_iterator_closes_the_connection(server: StubX, reading: Reading) -> None:
    server.post()
    reading.read(1)
    wait_until(lambda: server.open_connections == 0, 5)
    server.post()
    assert list_ids(reading.read(1)) == ["2"]


def test_a_stop_ends_the_reading(server: StubX, reading: Reading) -> None:
    server.post()
    with closing(reading.source.read("")) as stream:
        next(stream)
        reading.timer.stopped = True
        assert list(stream) == []


def test_a_server_that_repeats_the_last_ones_shows_that_nothing_is_lost(
    server: StubX, reading: Reading
) -> None:
    server.repeats = 2
    for _ in range(4):
        server.post()
    assert list_ids(reading.read(4)) == ["1", "2", "3", "4"]
    server.post()
    assert list_ids(reading.read(3)) == ["3", "4", "5"]


def test_a_delete_is_passed_on_and_costs_nothing(server: StubX, reading: Reading) -> None:
    delete = {"delete": {"event_at": "2026-11-27T01:02:03.000Z", "tweet": {"id": "1"}}}
    server.send(json.dumps({"data": delete}).encode())
    (received,) = reading.read(1)
    assert json.loads(received.value) == {
        "event": "delete",
        "data": {"id": "1"},
        "source": "x",
        "deleted_at": "2026-11-27T01:02:03.000Z",
    }
    assert received.key == b"1"
    assert not reading.usage_file.read_bytes()
