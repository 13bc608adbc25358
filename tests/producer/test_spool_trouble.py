import random
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import pytest
from fake_timer import FakeTimer
from spooling import (
    RECORD_SIZE,
    append_all,
    list_pending,
    list_segments,
    make_received,
    open_spool,
    take,
)

from producer.spool.acknowledged import Acknowledged
from producer.spool.spool import Spool, SpoolError, SpoolFull

Answer = Callable[[int, int], None]


def test_a_disk_that_takes_no_more_is_a_sentence_and_half_a_message_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(3))
    file = spool._segments._file

    class FullDisk:
        def write(self, data: bytes) -> int:
            file.write(data[:20])
            raise OSError(28, "No space left on device")

        truncate = staticmethod(file.truncate)

    monkeypatch.setattr(spool._segments, "_file", FullDisk())
    with pytest.raises(SpoolError, match=r"cannot be used \(No space left on device\): see that"):
        spool.append(make_received(3))
    monkeypatch.undo()
    append_all(spool, [3, 4])
    assert list_pending(spool) == [0, 1, 2, 3, 4]


def test_what_cannot_be_a_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpoolError, match=r"file/spool cannot be used \(Not a directory\)"):
        open_spool(tmp_path / "file" / "spool")


def test_a_message_that_does_not_read_back_is_a_sentence(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    append_all(spool, range(3))
    (segment,) = list_segments(tmp_path)
    segment.write_bytes(segment.read_bytes().replace(b"message 0001", b"message 0007"))
    with pytest.raises(SpoolError, match=r"cannot be read back \(its checksum is wrong\)"):
        take(spool)


def append_waiting_for_room(spool: Spool, count: int, settled: threading.Condition) -> None:
    number = 0
    while number < count:
        try:
            spool.append(make_received(number))
            number += 1
        except SpoolFull:
            with settled:
                settled.wait_for(spool.has_room, timeout=60)
    spool.finish()


def settle_in_any_order(answers: SimpleQueue[Answer | None], settled: threading.Condition) -> None:
    """Give what is there in batches, each shuffled, until there is a `None`."""
    chance = random.Random(1)
    offsets = count()
    is_last = False
    while not is_last:
        batch = [answers.get(), *(answers.get() for _ in range(answers.qsize()))]
        is_last = None in batch
        chance.shuffle(batch)
        for answer in filter(None, batch):
            answer(0, next(offsets))
        with settled:
            settled.notify_all()


def test_appending_reading_and_settling_at_once_loses_and_doubles_nothing(tmp_path: Path) -> None:
    number, limit = 10_000, 1000 * RECORD_SIZE
    spool = open_spool(tmp_path, limit)
    settled = threading.Condition()
    answers: SimpleQueue[Answer | None] = SimpleQueue()
    threads = [
        threading.Thread(target=append_waiting_for_room, args=(spool, number, settled)),
        threading.Thread(target=settle_in_any_order, args=(answers, settled)),
    ]
    for thread in threads:
        thread.start()
    timer = FakeTimer(cost=0.01)
    read = []
    for message in spool.read(timer, timer.wait):
        read.append(int(message.key))
        answers.put(message.on_delivered)
    answers.put(None)
    for thread in threads:
        thread.join()
    assert read == list(range(number))
    spool.save()
    spool.close()
    assert sum(path.stat().st_size for path in list_segments(tmp_path)) <= limit
    assert open_spool(tmp_path, limit).saved == Acknowledged(number, "", {0: number})
