"""Which hours and files are listed and read, and which of them again."""

import os
import shutil
from datetime import timedelta

import pytest
from snapshots import list_ids, sum_counts
from stored_data import NOW, DataRoot, build_row
from watched_files import Clock, WatchedFiles

from dashboard.reader import Reading, SnapshotReader


@pytest.fixture
def reading() -> Reading:
    return Reading(keep_days=2, keep_tweets=4, files_per_read=3)


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


def test_what_comes_within_the_tick_of_a_folders_clock_is_read(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    for name in "ab":
        folder = data_root.store_tweets(build_row(name))[0].parent
        os.utime(folder, (NOW.timestamp(), NOW.timestamp()))
        reader.poll()
    assert list_ids(reader) == ["b", "a"]


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


def test_removed_files_leave_the_snapshot(data_root: DataRoot, reader: SnapshotReader) -> None:
    moments = [NOW - timedelta(hours=hours) for hours in range(3)]
    tweets = data_root.store_tweets(
        *(build_row(name, moment) for name, moment in zip("cba", moments, strict=True))
    )
    counts = data_root.store_counts(
        {(moment.replace(second=0), "food"): 1 for moment in moments[:2]}
    )
    reader.poll()
    assert (list_ids(reader), sum_counts(reader)) == (["c", "b", "a"], 2)
    data_root.remove(tweets[0])
    data_root.remove(counts[0])
    reader.poll()
    reader.poll()
    assert (list_ids(reader), sum_counts(reader)) == (["c", "b"], 1)
    shutil.rmtree(tweets[1].parent)
    shutil.rmtree(counts[1].parent)
    reader.poll()
    reader.poll()
    assert (list_ids(reader), sum_counts(reader)) == (["c"], 0)


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


def test_a_long_history_is_read_newest_first_and_a_bit_at_a_time(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    for n in range(20):
        data_root.store_tweets(build_row(f"{n:02}", NOW + timedelta(seconds=n)))
    assert reader.poll(), "there is more to read at once"
    assert list_ids(reader) == ["19", "18", "17"]
    assert not reader.poll()
    assert list_ids(reader) == ["19", "18", "17", "16"]
    reader.poll()
    reader.poll()
    assert len(files.read_paths) <= 7


@pytest.mark.parametrize(
    ("tweets_a_day", "days"),
    [(3, ["24", "23"]), (1, ["24", "23", "22", "21"])],
    ids=["enough tweets", "enough files"],
)
def test_hours_behind_what_is_read_are_not_listed(
    data_root: DataRoot,
    files: WatchedFiles,
    reader: SnapshotReader,
    tweets_a_day: int,
    days: list[str],
) -> None:
    for day in range(9):
        moment = NOW - timedelta(days=day)
        data_root.store_tweets(*(build_row(f"{day}{n}", moment) for n in range(tweets_a_day)))
    reader.poll()
    listed = [path for path in files.listed_paths if path.startswith("tweets/date=")]
    assert [path[-2:] for path in listed if "hour=" not in path] == days


def test_hours_that_newer_ones_push_out_are_forgotten(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    for hours in (2, 1, 0):
        files.read_paths.clear()
        moment = NOW - timedelta(hours=hours)
        new = data_root.store_tweets(*(build_row(f"{hours}{n}", moment) for n in range(4)))
        reader.poll()
        assert list_ids(reader) == [f"{hours}{n}" for n in (3, 2, 1, 0)]
        assert files.read_paths == [str(new[0].relative_to(data_root.path))]
