import shutil
from pathlib import Path

import pytest
from spooling import (
    RECORD_SIZE,
    append_all,
    deliver,
    list_pending,
    list_segments,
    make_received,
    open_spool,
    start_spooling,
    take,
)

from producer.spool.spool import Spool, SpoolError

PER_SEGMENT = 6
LIMIT = 8 * PER_SEGMENT * RECORD_SIZE
# Two full segments, and one with two records.
NUMBERS = range(2 * PER_SEGMENT + 2)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A spool of three segments, of whose first two records Kafka has the first."""
    folder = tmp_path / "filled"
    spool = open_spool(folder, LIMIT)
    append_all(spool, NUMBERS)
    deliver(take(spool, 1))
    spool.save()
    spool.close()
    return folder


def reopen(folder: Path, said: list[str]) -> Spool:
    return open_spool(folder, LIMIT, said)


def assert_works(spool: Spool, folder: Path) -> None:
    """New messages are taken and read, and when Kafka has all, nothing is left."""
    pending = list_pending(spool)
    append_all(spool, range(1000, 1003))
    messages = take(spool)
    assert [int(message.key) for message in messages] == [*pending, 1000, 1001, 1002]
    deliver(messages)
    spool.save()
    spool.close()
    said: list[str] = []
    assert list_pending(reopen(folder, said)) == []
    assert said == []


@pytest.mark.parametrize("missing", range(1, RECORD_SIZE))
def test_a_message_that_was_being_written_at_a_kill_is_cut_off_and_nothing_else(
    missing: int, filled: Path
) -> None:
    newest = list_segments(filled)[-1]
    with newest.open("r+b") as file:
        file.truncate(newest.stat().st_size - missing)
    said: list[str] = []
    spool = reopen(filled, said)
    assert list_pending(spool) == list(NUMBERS)[1:-1]
    assert said == [
        f"{newest} ends within a message that was being written when the producer was killed: "
        f"its {RECORD_SIZE - missing} bytes are cut off."
    ]
    assert spool.append(make_received(NUMBERS[-1]))
    assert_works(spool, filled)


@pytest.mark.parametrize("segment", range(3))
def test_a_flipped_bit_costs_the_rest_of_its_segment_which_is_set_aside(
    segment: int, filled: Path, tmp_path: Path
) -> None:
    content = list_segments(filled)[segment].read_bytes()
    for place in range(len(content)):
        folder = tmp_path / f"flipped-{place}"
        shutil.copytree(filled, folder)
        path = list_segments(folder)[segment]
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        said: list[str] = []
        spool = reopen(folder, said)
        first_lost = segment * PER_SEGMENT + place // RECORD_SIZE
        lost = range(first_lost, (segment + 1) * PER_SEGMENT)
        assert list_pending(spool) == [number for number in NUMBERS[1:] if number not in lost]
        start = place // RECORD_SIZE * RECORD_SIZE
        aside = path.with_suffix(f".damaged-at-{start}")
        assert aside.read_bytes() == damaged[start:]
        assert said == [
            f"{path} is damaged at byte {start}: its last {len(content) - start} bytes are set "
            f"aside as {aside.name}, and what Kafka does not have of them is not sent."
        ]
        if place % RECORD_SIZE == 0:
            assert_works(spool, folder)
        spool.close()
        shutil.rmtree(folder)


def test_what_was_lost_to_damage_is_taken_again_when_the_server_repeats_it(filled: Path) -> None:
    newest = list_segments(filled)[-1]
    newest.write_bytes(b"\0" * newest.stat().st_size)
    said: list[str] = []
    spool = reopen(filled, said)
    assert "is damaged at byte 0" in said[0]
    assert spool.cursor == f"{NUMBERS[-3]:04}"
    taken = [number for number in NUMBERS if spool.append(make_received(number))]
    assert taken == list(NUMBERS)[-2:]
    assert_works(spool, filled)


def test_new_messages_are_sent_even_if_damage_has_hit_what_kafka_had(filled: Path) -> None:
    spool = reopen(filled, [])
    deliver(take(spool))
    spool.save()
    spool.close()
    for path in list_segments(filled):
        path.write_bytes(b"\0" * path.stat().st_size)
    assert_works(reopen(filled, []), filled)


def test_damaged_notes_on_what_kafka_has_lose_nothing(filled: Path, tmp_path: Path) -> None:
    content = (filled / "acknowledged.json").read_bytes()
    for place in range(len(content)):
        folder = tmp_path / f"flipped-{place}"
        shutil.copytree(filled, folder)
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 7
        (folder / "acknowledged.json").write_bytes(damaged)
        said: list[str] = []
        spool = reopen(folder, said)
        assert list_pending(spool) == list(NUMBERS)
        assert said == [
            f"{folder}/acknowledged.json is damaged: all messages that the spool holds are looked "
            "for in the topic, and sent if they are not there."
        ]
        spool.close()


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"position": 1', '{"offsets": []}'])
def test_notes_that_are_none_lose_nothing(content: str, filled: Path) -> None:
    (filled / "acknowledged.json").write_text(content)
    spool = reopen(filled, [])
    assert list_pending(spool) == list(NUMBERS)
    assert_works(spool, filled)


def test_files_that_are_not_ours_are_left_alone(filled: Path) -> None:
    (filled / "notes.segment").write_text("mine")
    said: list[str] = []
    assert_works(reopen(filled, said), filled)
    assert said == []
    assert (filled / "notes.segment").read_text() == "mine"


def test_every_append_that_returned_before_a_kill_is_there(tmp_path: Path) -> None:
    for kill_after in (1, 50, 777, 2000):
        process = start_spooling("append", tmp_path)
        assert process.stdout
        returned = [process.stdout.readline() for _ in range(kill_after)]
        process.kill()
        returned += process.stdout.readlines()
        process.wait()
        spool = open_spool(tmp_path)
        pending = list_pending(spool)
        assert pending == list(range(len(pending)))
        assert len(pending) > int(returned[-1])
        spool.close()


def test_a_second_process_is_refused_until_the_first_one_has_closed(tmp_path: Path) -> None:
    process = start_spooling("append", tmp_path)
    assert process.stdout
    process.stdout.readline()
    with pytest.raises(SpoolError) as refused:
        open_spool(tmp_path)
    assert str(refused.value) == (
        f"Another producer uses the spool {tmp_path}: stop that one, or give this one another "
        "folder with TWEETS_LOCAL_DIR."
    )
    process.kill()
    process.communicate()
    open_spool(tmp_path).close()
    open_spool(tmp_path).close()
