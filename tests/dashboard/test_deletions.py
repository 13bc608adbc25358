"""Deleted tweets leave the snapshot, and never come into it, whatever is read when."""

from datetime import timedelta

import pytest
from snapshots import poll_and_list
from stored_data import NOW, DataRoot, build_row
from watched_files import Clock, WatchedFiles

from access.stored_files import StorageUnavailable
from dashboard.reader import Reading, SnapshotReader


@pytest.fixture
def reading() -> Reading:
    return Reading(keep_tweets=4, files_per_read=3)


@pytest.mark.parametrize(
    ("source", "hidden"), [("jetstream", ["a"]), ("x", ["b"]), (None, ["c"]), ("replay", [])]
)
def test_a_tweet_is_named_by_source_and_id(
    data_root: DataRoot, reader: SnapshotReader, source: str | None, hidden: list[str]
) -> None:
    sources = {"a": "jetstream", "b": "x", "c": None}
    data_root.store_tweets(
        *(
            build_row("7", NOW - timedelta(seconds=n), source=source, text=name)
            for n, (name, source) in enumerate(sources.items())
        )
    )
    data_root.store_deletions("7", source=source)
    reader.poll()
    shown = [tweet.text for tweet in reader.snapshot.newest.tweets]
    assert shown == [name for name in sources if name not in hidden]


def test_a_tweet_that_is_sent_again_stays_hidden(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"))
    data_root.store_deletions("a")
    assert poll_and_list(reader) == []
    data_root.store_tweets(build_row("a"), build_row("b"))
    assert poll_and_list(reader) == ["b"]


def test_a_tweet_deleted_while_tweets_are_read_is_not_shown_even_once(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"))

    def delete_once(path: str) -> None:
        files.before_read = lambda _: None
        data_root.store_deletions("a")

    files.before_read = delete_once
    assert poll_and_list(reader) == ["b"]


def test_a_tweet_dated_ahead_of_its_deletion_is_hidden(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    next_hour = NOW.replace(minute=0, second=0) + timedelta(hours=1)
    data_root.store_tweets(build_row("a", next_hour + timedelta(minutes=2)))
    data_root.store_deletions("a", received_at=next_hour - timedelta(minutes=2))
    assert poll_and_list(reader) == []


def test_tweets_wait_until_all_that_may_delete_them_is_read(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"))
    data_root.store_deletions("a")
    for seconds in range(1, 8):
        data_root.store_deletions(f"other {seconds}", received_at=NOW + timedelta(seconds=seconds))
    assert poll_and_list(reader) == []
    assert reader.snapshot.storage.detail == (
        "New tweets wait until 5 more files of deletions are read."
    )
    assert [poll_and_list(reader) for _ in range(3)] == [[], ["b"], ["b"]]
    assert reader.snapshot.storage.status == "ok"


def test_a_long_history_of_both_is_shown_a_bit_at_a_time(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    for n in range(5):
        moment = NOW + timedelta(minutes=6 * n)
        data_root.store_tweets(build_row(f"{n}", moment))
        data_root.store_deletions(f"{n - n % 2}", received_at=moment + timedelta(seconds=1))
    assert poll_and_list(reader) == ["3"]
    files.read_paths.clear()
    assert poll_and_list(reader) == ["3", "1"]
    assert len(files.read_paths) == 2


def test_no_more_tweets_are_read_before_the_deletions_of_those_that_were(
    data_root: DataRoot, files: WatchedFiles
) -> None:
    reading = Reading(keep_tweets=9, files_per_read=3, max_ahead=timedelta())
    reader = SnapshotReader(files, reading, now=lambda: NOW)
    for n in range(6):
        moment = NOW + timedelta(minutes=n)
        data_root.store_tweets(build_row(f"{n}", moment))
        data_root.store_deletions("other", received_at=moment)
    data_root.store_deletions("other", received_at=moment)
    assert [poll_and_list(reader) for _ in range(3)] == [
        [],
        ["5", "4", "3"],
        ["5", "4", "3", "2", "1", "0"],
    ]


def test_what_is_shown_stays_while_deletions_are_behind_and_the_newest_hide_at_once(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"), build_row("c"))
    assert poll_and_list(reader) == ["c", "b", "a"]
    data_root.store_tweets(build_row("d"))
    data_root.store_deletions("b", "d")
    for seconds in range(1, 4):
        data_root.store_deletions(f"other {seconds}", received_at=NOW + timedelta(seconds=seconds))
    data_root.store_deletions("a", received_at=NOW + timedelta(minutes=1))
    assert poll_and_list(reader) == ["c", "b"]
    assert poll_and_list(reader) == ["c"]


def test_deletions_are_read_once(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, clock: Clock
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"))
    data_root.store_deletions("a")
    clock.time += timedelta(seconds=5)
    reader.poll()
    changed_at = reader.snapshot.changed_at
    files.read_paths.clear()
    files.listed_paths.clear()
    clock.time += timedelta(seconds=5)
    assert poll_and_list(reader) == ["b"]
    assert files.read_paths == []
    assert not [path for path in files.listed_paths if "hour=" in path]
    assert reader.snapshot.changed_at == changed_at

    new = data_root.store_deletions("b")
    assert poll_and_list(reader) == []
    assert files.read_paths == [str(new.relative_to(data_root.path))]


def test_deletions_from_before_the_oldest_kept_tweet_are_not_read(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"))
    for minutes in (6, 31, 60 * 24, 60 * 48):
        data_root.store_deletions("a", received_at=NOW - timedelta(minutes=minutes))
    assert poll_and_list(reader) == ["a"]
    read = [path for path in files.read_paths if path.startswith("deletions/")]
    hours = [path for path in files.listed_paths if path.startswith("deletions/date=")]
    assert read == []
    assert hours == ["deletions/date=2026-11-24", "deletions/date=2026-11-24/hour=09"]


def test_a_deletion_stays_known_when_its_file_is_gone(
    data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"))
    path = data_root.store_deletions("a")
    assert poll_and_list(reader) == ["b"]
    data_root.remove(path)
    assert poll_and_list(reader) == ["b"]


def test_deletions_that_vanish_while_they_are_read_do_not_disturb_the_others(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"), build_row("b"))
    data_root.store_deletions("a")
    gone = data_root.store_deletions("b", received_at=NOW + timedelta(seconds=1))
    files.before_read = lambda path: gone.unlink(missing_ok=True)
    assert poll_and_list(reader) == ["b"]
    assert reader.snapshot.storage.status == "ok"


def test_with_the_storage_away_before_the_deletions_are_read_nothing_new_is_shown(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader
) -> None:
    data_root.store_tweets(build_row("a"))
    data_root.store_deletions("a")

    def lose(path: str) -> None:
        if path.startswith("deletions/"):
            raise StorageUnavailable("HDFS is away.")

    files.before_read = lose
    assert poll_and_list(reader) == []
    assert reader.snapshot.storage.status == "down"
    files.before_read = lambda path: None
    data_root.store_tweets(build_row("b"))
    assert poll_and_list(reader) == ["b"]
