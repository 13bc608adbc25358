import os
import subprocess
import sys
from pathlib import Path

import pytest
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

LARGE = b'{"did": "did:plc:large", "text": "' + b"x" * 25_000_000 + b'"}'


def test_what_is_too_large_is_left_out_by_the_server(server: StubJetstream) -> None:
    ids = post_each_second(server, 3)
    server.log_frame(LARGE, START + 3 * SECOND)
    ids += post_each_second(server, 3, first=4)
    assert list_ids(read(make_source(server), START, 6)) == ids
    assert len(server.queries) == 1


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_what_is_too_large_is_passed_over_and_said(compression: str | None) -> None:
    with StubJetstream(compression) as server:
        server.ignores_size = True
        ids = post_each_second(server, 3)
        server.log_frame(LARGE, START + 2 * SECOND + 500_000)
        ids += post_each_second(server, 3, first=3)
        timer, said = FakeTimer(), list[str]()
        received = read_through(make_source(server, timer=timer, said=said), START, ids[-1])
    assert list_different_ids(received) == ids
    last = START + 2 * SECOND
    assert server.cursors == [START - REWIND, *(last + 1000 * 2**n for n in range(10))]
    assert timer.waits == [0, *[1] * 9]
    assert "has sent a message larger than 1 MB" in said[0]
    assert said[-1] == (
        "jetstream: a message larger than 1 MB was left out, and with it whatever was posted in "
        "the 0.512 s after 2026-11-18 11:06:42 UTC."
    )


def test_what_is_too_large_and_comes_first_is_passed_over_as_well(server: StubJetstream) -> None:
    server.ignores_size = True
    server.log_frame(LARGE, START)
    post_id = server.post(time_us=START + 4 * SECOND)
    assert list_ids(read(make_source(server), START, 1)) == [post_id]


def test_bursts_and_large_messages_leave_memory_flat(server: StubJetstream) -> None:
    server.ignores_size = True
    for number in range(20_000):
        server.post("rain " * 50, START + number * 200)
        if number % 10_000 == 5000:
            server.log_frame(LARGE, START + number * 200 + 100)
    last = server.post(time_us=START + 4 * SECOND)
    result = subprocess.run(
        [sys.executable, Path(__file__).with_name("measure_jetstream.py"), server.url, last],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    grown_megabytes, different = map(int, result.stdout.split())
    assert grown_megabytes < 16
    # What is posted within a millisecond of such a message cannot be told from it.
    assert different >= 20_001 - 2 * 5
