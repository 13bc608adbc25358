import json
import threading
from contextlib import closing
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from commands import wait_until
from fake_timer import FakeTimer
from stub_x import Script, StubStream, StubX
from x_messages import OPERATIONAL_DISCONNECT, TOO_MANY_CONNECTIONS
from x_reading import (
    TODAY,
    Reading,
    find,
    list_ids,
    note_moments,
    refuse,
    send,
    stop_after_wait,
    write_line,
)

from producer.sources.live import SourceError


def list_pauses(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (send(write_line("1")), "X has let the connection break"),
        (
            lambda stream: (stream.send(write_line("1")), stream.end()),
            "X has closed the connection",
        ),
        (
            lambda stream: (
                stream.send(write_line("1")),
                stream.send_object(OPERATIONAL_DISCONNECT),
            ),
            "X has ended the stream (This stream has been disconnected upstream for operational",
        ),
        (
            lambda stream: (stream.send(write_line("1")), stream.send_object(TOO_MANY_CONNECTIONS)),
            "X has ended the stream (This stream is currently at the maximum",
        ),
    ],
)
def test_the_first_time_it_reconnects_at_once_and_says_why(
    script: Script, reason: str, server: StubX, reading: Reading
) -> None:
    server.scripts += [script, send(write_line("2"))]
    assert list_ids(reading.read(2)) == ["1", "2"]
    assert reading.timer.waits == [0]
    assert len(reading.said) == 2
    assert reason in reading.said[0]
    assert reading.said[0].endswith("; it is tried again at once.")
    assert reading.said[1] == "x: X sends again."


def test_a_silent_connection_is_dead(
    server: StubX, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producer.sources.x.client.KEEP_ALIVE_SECONDS", 0.3)

    def fall_silent(stream: StubStream) -> None:
        stream.send(write_line("1"))
        stream.stay_silent()

    server.scripts += [fall_silent, send(write_line("2"))]
    assert list_ids(reading.read(2)) == ["1", "2"]
    assert reading.timer.waits == [0]
    assert "X has sent nothing for 0.3 s" in reading.said[0]


def test_blank_lines_keep_a_connection_alive_and_are_no_posts(
    server: StubX, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producer.sources.x.client.KEEP_ALIVE_SECONDS", 0.6)
    clients_turn = threading.Event()

    def keep_alive(stream: StubStream) -> None:
        for _ in range(6):
            stream.keep_alive()
            clients_turn.wait(0.2)
        stream.send(write_line("1"))

    server.scripts.append(keep_alive)
    assert list_ids(reading.read(1)) == ["1"]
    assert len(server.queries) == 1


def test_network_errors_wait_a_quarter_of_a_second_longer_each_time(tmp_path: Path) -> None:
    reading = Reading("http://127.0.0.1:1", tmp_path)
    reading.timer.on_wait = stop_after_wait(reading.timer, 90)
    assert reading.read(1) == []
    ends = set(accumulate(reading.timer.waits))
    assert ends >= set(accumulate(min(number / 4, 16) for number in range(70)))
    assert reading.said[0] == (
        "x: X cannot be reached (Connection refused); it is tried again at once."
    )
    assert len(find(reading.said, "cannot be reached")) < 20


def test_errors_of_the_server_double_the_wait(server: StubX, reading: Reading) -> None:
    page = b"<html>no healthy upstream</html>"
    server.scripts += [refuse(503, page)] * 8 + [send(write_line("1"))]
    moments = note_moments(server, reading.timer)
    assert list_ids(reading.read(1)) == ["1"]
    assert list_pauses(moments) == [5, 10, 20, 40, 80, 160, 320, 320]
    assert reading.said[0] == "x: X answers with HTTP 503; it is tried again in 5 s."


def test_too_many_requests_wait_a_minute_and_double(server: StubX, reading: Reading) -> None:
    problem = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
    server.scripts += [refuse(429, problem)] * 3 + [send(write_line("1"))]
    moments = note_moments(server, reading.timer)
    assert list_ids(reading.read(1)) == ["1"]
    assert list_pauses(moments) == [60, 120, 240]
    assert "HTTP 429 (Too Many Requests); it is tried again in 60 s" in reading.said[0]


@pytest.mark.parametrize(
    ("seconds", "pause"), [("700", 700), ("-5", 60), ("99999999", 60), ("soon", 60)]
)
def test_x_says_when_it_may_be_asked_again(
    seconds: str, pause: float, server: StubX, reading: Reading
) -> None:
    reset = str(int(TODAY.timestamp()) + int(seconds)) if seconds != "soon" else seconds
    server.scripts += [refuse(429, {}, x_rate_limit_reset=reset), send(write_line("1"))]
    moments = note_moments(server, reading.timer)
    assert list_ids(reading.read(1)) == ["1"]
    assert list_pauses(moments) == [pause]


def test_a_second_connection_waits_until_the_first_is_forgotten(
    server: StubX, reading: Reading, tmp_path: Path
) -> None:
    server.refuses_second = True
    server.post()
    second = Reading(server.url, tmp_path / "second")
    with closing(reading.source.read("")) as first:
        next(first)

        def leave_after_two_refusals() -> None:
            if len(second.timer.waits) == 2:
                first.close()
                wait_until(lambda: server.open_connections == 0, 10)
                server.post()

        second.timer.on_wait = leave_after_two_refusals
        assert list_ids(second.read(1)) == ["2"]
    assert sum(second.timer.waits) == 60 + 120
    assert "still counts an earlier connection" in second.said[0]


def test_a_connection_that_delivers_ends_the_waiting(server: StubX, reading: Reading) -> None:
    server.scripts += [refuse(503), refuse(503), send(write_line("1")), refuse(503)]
    server.scripts.append(send(write_line("2")))
    assert list_ids(reading.read(2)) == ["1", "2"]
    assert reading.timer.waits == [5, 10, 0, 5]


def test_a_connection_that_ends_at_once_each_time_is_not_asked_in_a_hurry(
    server: StubX, reading: Reading
) -> None:
    end = send(b"\r\n", json.dumps(OPERATIONAL_DISCONNECT).encode() + b"\r\n")
    server.scripts += [end] * 4
    reading.timer.on_wait = stop_after_wait(reading.timer, 4)
    reading.read(1)
    assert reading.timer.waits == [0, 0.25, 0.5, 0.75]


def test_a_quiet_connection_that_has_held_counts_as_one(server: StubX, tmp_path: Path) -> None:
    reading = Reading(server.url, tmp_path, timer=FakeTimer(cost=15))
    server.scripts += [refuse(503), send(b"\r\n", b"\r\n", b"\r\n"), refuse(503)]
    reading.timer.on_wait = stop_after_wait(reading.timer, 3)
    reading.read(1)
    assert reading.timer.waits == [5, 0, 5]


@pytest.mark.parametrize(
    ("status", "problem", "sentence"),
    [
        (400, {"title": "Invalid Request", "detail": "Bad field."}, "(Bad field): see that TWEETS"),
        (401, {"title": "Unauthorized"}, "(Unauthorized): get a new bearer token"),
        (
            402,
            {"title": "CreditsDepleted", "detail": "No credits."},
            "(No credits): no more can be",
        ),
        (403, {"title": "Client Forbidden", "reason": "client-not-enrolled"}, "console.x.com"),
        (404, b"<html>not here</html>", "HTTP 404: correct TWEETS_X_API_URL"),
        (301, b"", "HTTP 301: correct TWEETS_X_API_URL"),
        (409, {"title": "ConnectionException", "detail": "No rules."}, "producer rules sync`"),
        (
            429,
            {
                "title": "UsageCapExceeded",
                "period": "Monthly",
                "scope": "Product",
                "detail": "Usage cap exceeded: Monthly product cap",
                "type": "https://api.twitter.com/2/problems/usage-capped",
            },
            "(Usage cap exceeded: Monthly product cap): no more can be read",
        ),
    ],
)
def test_what_waiting_does_not_mend_is_a_sentence(
    status: int, problem: Any, sentence: str, server: StubX, reading: Reading
) -> None:
    server.scripts.append(refuse(status, problem))
    with pytest.raises(SourceError) as raised:
        reading.read(1)
    assert sentence in str(raised.value)
    assert f"HTTP {status}" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert reading.timer.waits == []


def test_what_x_says_is_shortened_and_cannot_play_with_a_terminal(
    server: StubX, reading: Reading
) -> None:
    server.scripts.append(refuse(401, {"detail": "\x1b[2J\nno\r\n" + "x" * 1000}))
    with pytest.raises(SourceError) as raised:
        reading.read(1)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400
