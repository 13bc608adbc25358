"""The reader over a data root that changes under it, goes away and comes back."""

import threading
from datetime import timedelta

import pytest
from snapshots import list_ids, sum_counts
from stored_data import NOW, DataRoot, build_row
from watched_files import Clock, WatchedFiles

from access.stored_files import StoredEntry
from dashboard.reader import Reading, SnapshotReader


@pytest.fixture
def reading() -> Reading:
    return Reading(keep_days=2, keep_tweets=4, files_per_read=3)


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


def test_only_what_is_new_is_read(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"))
    reader.poll()
    files.read_paths.clear()
    new = data_root.store_tweets(build_row("b", NOW + timedelta(seconds=1)))
    reader.poll()
    assert files.read_paths == [str(new[0].relative_to(data_root.path))]
    assert list_ids(reader) == ["b", "a"]


def test_without_a_change_nothing_is_read_and_the_snapshot_keeps_its_time(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, clock: Clock
) -> None:
    data_root.store_both(build_row("a"))
    reader.poll()
    files.read_paths.clear()
    files.listed_paths.clear()
    clock.time += timedelta(seconds=5)
    reader.poll()
    assert files.read_paths == []
    assert not [path for path in files.listed_paths if "hour=" in path]
    assert reader.snapshot.changed_at == NOW


def test_replaced_counts_are_read_again(data_root: DataRoot, reader: SnapshotReader) -> None:
    minute = NOW.replace(second=0)
    data_root.store_counts({(minute, "food"): 1})
    reader.poll()
    data_root.store_counts({(minute, "food"): 5})
    reader.poll()
    assert sum_counts(reader) == 5


def test_counts_replaced_between_listing_and_reading_are_read_again(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    minute = NOW.replace(second=0)
    data_root.store_counts({(minute, "food"): 1})

    def replace_once(path: str) -> None:
        files.before_read = lambda _: None
        data_root.store_counts({(minute, "food"): 5})
        raise FileNotFoundError(path)

    files.before_read = replace_once
    reader.poll()
    assert sum_counts(reader) == 5
    assert reader.snapshot.storage.status == "ok"


def test_counts_older_than_the_kept_days_are_not_read(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, clock: Clock
) -> None:
    data_root.store_counts(
        {(NOW.replace(second=0) - timedelta(days=day), "food"): 1 for day in range(5)}
    )
    reader.poll()
    assert sum_counts(reader) == 3
    clock.time += timedelta(days=1)
    reader.poll()
    assert sum_counts(reader) == 2


def test_tweets_that_vanish_while_they_are_read_do_not_disturb_the_others(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    gone = data_root.store_tweets(build_row("a"))[0]
    data_root.store_tweets(build_row("b"))
    files.before_read = lambda path: gone.unlink(missing_ok=True)
    reader.poll()
    assert list_ids(reader) == ["b"]
    assert reader.snapshot.storage.status == "ok"


def test_removed_tweets_leave_the_snapshot(data_root: DataRoot, reader: SnapshotReader) -> None:
    paths = data_root.store_tweets(build_row("a"), build_row("b", NOW - timedelta(hours=1)))
    reader.poll()
    data_root.remove(paths[1])
    reader.poll()
    reader.poll()
    assert list_ids(reader) == ["b"]


def test_hidden_and_foreign_files_are_passed_over(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    folder = data_root.store_tweets(build_row("a"))[0].parent
    for name in ("_SUCCESS", ".hidden.parquet", "_staged.parquet", "notes.txt"):
        (folder / name).write_bytes(b"no Parquet")
    (data_root.path / "tweets" / "_delta_log").mkdir()
    reader.poll()
    assert list_ids(reader) == ["a"]
    assert reader.snapshot.storage.status == "ok"


def test_a_broken_file_is_named_and_the_rest_is_shown(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    broken = data_root.store_tweets(build_row("a"))[0]
    data_root.store_tweets(build_row("b"))
    broken.write_bytes(b"PAR1 and no more")
    for _ in range(2):
        reader.poll()
        assert list_ids(reader) == ["b"]
        assert reader.snapshot.storage.status == "degraded"
        assert broken.name in reader.snapshot.storage.detail


def test_a_long_history_is_read_newest_first_and_a_bit_at_a_time(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    for n in range(20):
        data_root.store_tweets(build_row(f"{n:02}", NOW + timedelta(seconds=n)))
    reader.poll()
    assert list_ids(reader) == ["19", "18", "17"]
    reader.poll()
    assert list_ids(reader) == ["19", "18", "17", "16"]
    reader.poll()
    reader.poll()
    assert len(files.read_paths) <= 7


def test_hours_behind_the_kept_tweets_are_not_listed(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    for day in range(5):
        moment = NOW - timedelta(days=day)
        data_root.store_tweets(*(build_row(f"{day}{n}", moment) for n in range(3)))
    reader.poll()
    listed_days = {path for path in files.listed_paths if path.startswith("tweets/date=")}
    assert {path.split("/")[1] for path in listed_days} == {"date=2026-11-24", "date=2026-11-23"}


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
