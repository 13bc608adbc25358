"""The reader over a data root that changes under it, goes away and comes back."""

import threading
from datetime import timedelta

from snapshots import list_ids, sum_counts
from stored_data import NOW, DataRoot, build_row
from watched_files import Clock, WatchedFiles

from access.stored_files import StoredEntry
from dashboard.reader import SnapshotReader


def test_what_is_stored_is_in_the_snapshot(data_root: DataRoot, reader: SnapshotReader) -> None:
    data_root.store_both(build_row("a"), build_row("b", NOW - timedelta(hours=1)))
    reader.poll()
    assert list_ids(reader) == ["a", "b"]
    assert sum_counts(reader) == 2
    assert reader.snapshot.newest.newest_received_at == NOW + timedelta(seconds=1)
    assert reader.snapshot.storage.status == "ok"


def test_without_a_data_root_there_is_nothing_and_nothing_is_wrong(reader: SnapshotReader) -> None:
    reader.poll()
    assert list_ids(reader) == []
    assert reader.snapshot.storage.status == "ok"
    assert reader.snapshot.changed_at is None


def test_with_the_storage_away_the_last_data_stays_with_the_time_and_the_reason(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, clock: Clock
) -> None:
    data_root.store_both(build_row("a"))
    reader.poll()
    files.is_away = True
    for _ in range(3):
        clock.time += timedelta(seconds=5)
        reader.poll()
    assert list_ids(reader) == ["a"]
    assert sum_counts(reader) == 1
    storage = reader.snapshot.storage
    assert (storage.status, storage.detail) == ("down", "HDFS is away.")
    assert storage.since == NOW + timedelta(seconds=5)


def test_when_the_storage_comes_back_what_came_meanwhile_is_shown(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, clock: Clock
) -> None:
    files.is_away = True
    reader.poll()
    data_root.store_both(build_row("a"))
    files.is_away = False
    clock.time += timedelta(seconds=5)
    reader.poll()
    assert list_ids(reader) == ["a"]
    assert reader.snapshot.storage.since == NOW + timedelta(seconds=5)


def test_an_unforeseen_error_is_shown_and_does_not_end_the_reader(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"))

    def fail(path: str) -> None:
        raise RuntimeError("out of luck")

    files.before_read = fail
    reader.poll()
    assert "out of luck" in reader.snapshot.storage.detail
    files.before_read = lambda path: None
    reader.poll()
    assert list_ids(reader) == ["a"]


def test_the_background_thread_reads_until_it_is_stopped(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"))
    looks = threading.Semaphore(0)
    list_folder = files.list_folder

    def list_and_tell(path: str) -> list[StoredEntry]:
        if path == "tweets":
            looks.release()
        return list_folder(path)

    files.list_folder = list_and_tell  # type: ignore[method-assign]
    reader.start(poll_seconds=0.01)
    try:
        assert looks.acquire(timeout=10)
        assert looks.acquire(timeout=10)
        assert looks.acquire(timeout=10)
    finally:
        reader.stop()
    assert list_ids(reader) == ["a"]
    assert not [t for t in threading.enumerate() if t.name == "snapshot-reader"]
