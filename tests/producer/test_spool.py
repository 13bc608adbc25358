from collections.abc import Callable
from pathlib import Path

import pytest
from fake_timer import FakeTimer
from spooling import (
    RECORD_SIZE,
    append_all,
    deliver,
    list_pending,
    list_segments,
    make_received,
    open_spool,
    take,
)

from producer.sources.live import Received
from producer.spool.recent import RecentIdentities
from producer.spool.spool import Spool, SpoolClosed, SpoolFull

# A segment is an eighth of the limit: ten records.
LIMIT = 8 * 10 * RECORD_SIZE


def fill(spool: Spool, start: int = 0) -> int:
    """Append until there is no room, and tell the number of the first message that has none."""
    number = start
    while True:
        try:
            spool.append(make_received(number))
        except SpoolFull:
            return number
        number += 1


def test_messages_come_out_as_they_went_in(tmp_path: Path) -> None:
    odd = [
        Received(b"", b""),
        Received(b"\x00\xff", b"\n" * 100_000, "did:plc:\ud800/é", "17"),
        Received(b"key", b"value", "", "18"),
    ]
    spool = open_spool(tmp_path)
    assert all(map(spool.append, odd))
    assert [(each.key, each.value) for each in take(spool)] == [(r.key, r.value) for r in odd]
    assert [received for _, received in spool.list_pending()] == odd


def test_what_kafka_has_not_acknowledged_is_read_again_after_a_restart(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(10))
    deliver(take(spool, 4))
    spool.save()
    spool.close()
    assert list_pending(open_spool(tmp_path)) == [4, 5, 6, 7, 8, 9]


def test_acknowledged_out_of_order_only_what_has_no_gap_before_it_is_passed_over(
    tmp_path: Path,
) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(10))
    messages = take(spool)
    deliver([messages[number] for number in (8, 2, 0, 5, 1, 4)])
    assert list_pending(spool) == [3, 6, 7, 9]
    spool.save()
    spool.close()
    assert list_pending(open_spool(tmp_path)) == [3, 4, 5, 6, 7, 8, 9]


def test_reading_waits_for_what_is_appended_later_and_ends_when_it_is_finished(
    tmp_path: Path,
) -> None:
    spool, timer = open_spool(tmp_path), FakeTimer()

    def append_while_waiting() -> None:
        if len(timer.waits) <= 3:
            append_all(spool, [len(timer.waits)])
        else:
            spool.finish()

    timer.on_wait = append_while_waiting
    assert [int(message.key) for message in spool.read(timer, timer.wait)] == [1, 2, 3]
    assert max(timer.waits) <= 0.1


def test_reading_ends_when_the_timer_is_stopped(tmp_path: Path) -> None:
    spool, timer = open_spool(tmp_path), FakeTimer()
    append_all(spool, range(5))
    read = []
    for message in spool.read(timer, timer.wait):
        read.append(int(message.key))
        timer.stopped = len(read) == 2
    assert read == [0, 1]


def test_reading_saves_about_each_second(tmp_path: Path) -> None:
    spool, timer = open_spool(tmp_path), FakeTimer()
    append_all(spool, range(3))
    saved = []

    def look() -> None:
        saved.append((round(timer.seconds, 1), spool.saved.position))
        timer.stopped = timer.seconds > 1002

    timer.on_wait = look
    for message in spool.read(timer, timer.wait):
        deliver([message])
    assert saved[0] == (1000, 0)
    assert next(seconds for seconds, position in saved if position == 3) == 1001


@pytest.mark.parametrize("end", [Spool.finish, Spool.close])
def test_nothing_is_taken_after_the_end(end: Callable[[Spool], None], tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    end(spool)
    with pytest.raises(SpoolClosed):
        spool.append(make_received(1))


def test_an_answer_of_kafka_after_the_end_harms_nothing(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(3))
    messages = take(spool)
    spool.save()
    spool.close()
    deliver(messages)
    assert list_pending(open_spool(tmp_path)) == [0, 1, 2]


def test_a_full_spool_takes_nothing_and_says_how_full_it_is(tmp_path: Path) -> None:
    spool = open_spool(tmp_path, LIMIT)
    first_refused = fill(spool)
    assert first_refused == LIMIT // RECORD_SIZE
    assert sum(path.stat().st_size for path in list_segments(tmp_path)) <= LIMIT
    with pytest.raises(SpoolFull, match=r"is full: 0\.0 MB wait .* TWEETS_SPOOL_MEGABYTES allows"):
        spool.append(make_received(first_refused))
    assert list_pending(spool) == list(range(first_refused))


def test_a_message_that_had_no_room_is_taken_later(tmp_path: Path) -> None:
    spool = open_spool(tmp_path, LIMIT)
    first_refused = fill(spool)
    deliver(take(spool, 40))
    assert spool.append(make_received(first_refused))
    assert list_pending(spool) == list(range(40, first_refused + 1))


def test_room_is_there_again_only_when_it_is_clearly_enough(tmp_path: Path) -> None:
    spool = open_spool(tmp_path, LIMIT)
    fill(spool)
    messages = take(spool)
    had_room = []
    for message in messages:
        had_room.append(spool.has_room())
        deliver([message])
    first = had_room.index(True)
    assert 0.25 * len(messages) < first <= 0.4 * len(messages)
    assert all(had_room[first:])


def test_a_repeated_message_is_known_whether_kafka_has_it_or_not(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(10))
    deliver(take(spool, 5))
    assert not any(spool.append(make_received(number)) for number in range(10))
    assert list_pending(spool) == [5, 6, 7, 8, 9]


def test_a_message_without_identity_is_never_known(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    assert all(spool.append(Received(b"1", b"same")) for _ in range(3))
    assert list_pending(spool) == [1, 1, 1]


def test_after_a_restart_the_newest_of_what_kafka_has_is_still_known(tmp_path: Path) -> None:
    spool = open_spool(tmp_path, LIMIT)
    append_all(spool, range(60))
    deliver(take(spool))
    spool.save()
    spool.close()
    spool = open_spool(tmp_path, LIMIT)
    known = [number for number in range(60) if not spool.append(make_received(number))]
    assert known == list(range(30, 60))


def test_what_kafka_has_takes_a_quarter_of_the_limit_and_is_given_up_for_room(
    tmp_path: Path,
) -> None:
    spool = open_spool(tmp_path, LIMIT)
    append_all(spool, range(60))
    deliver(take(spool))
    spool.save()
    *kept, _newest = list_segments(tmp_path)
    assert sum(path.stat().st_size for path in kept) == LIMIT // 4
    assert fill(spool, 60) == 60 + LIMIT // RECORD_SIZE
    assert list_pending(spool) == list(range(60, 140))


def test_the_memory_of_identities_is_bounded() -> None:
    recent = RecentIdentities(limit=100)
    for number in range(1000):
        recent.add(f"id-{number}")
    assert [number for number in range(1000) if f"id-{number}" in recent] == list(range(900, 1000))


def test_the_cursor_is_the_newest_one_before_and_after_a_restart(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    assert spool.cursor == ""
    append_all(spool, range(3))
    spool.append(Received(b"0009", b"without cursor"))
    assert spool.cursor == "0002"
    deliver(take(spool))
    spool.save()
    spool.close()
    assert open_spool(tmp_path).cursor == "0002"
