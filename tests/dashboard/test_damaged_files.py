"""Damaged files of any dataset: named, read once until they change, in the way of no good one."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice, product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from snapshots import list_ids, sum_counts
from stored_data import NOW, DataRoot, build_row
from watched_files import Clock, WatchedFiles

from dashboard.reader import Reading, SnapshotReader
from models.datasets import CATEGORY_COUNTS, DELETIONS, TWEETS

MINUTE = NOW.replace(second=0)
DATASETS = [TWEETS, CATEGORY_COUNTS, DELETIONS]


def write_parquet(columns: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(columns, file)
    return file.getvalue()


def write_all_columns(text: bytes, moment: datetime | int) -> bytes:
    """A file that has the columns of every dataset."""
    texts = pa.array([text], pa.binary()).cast(pa.string(), safe=False)
    moments = pa.array([moment], pa.timestamp("us", "UTC"))
    numbers = pa.array([1])
    by_column = {"window_start": moments, "created_at": moments, "received_at": moments}
    by_column |= {"tweet_count": numbers, "confidence": numbers}
    names = "id text username name source category model_version"
    return write_parquet(pa.table(by_column | dict.fromkeys(names.split(), texts)))


WHOLE = write_all_columns(b"good", NOW)
DAMAGED = {
    "garbage": b"PAR1 and no more",
    "empty": b"",
    "without its end": WHOLE[:-20],
    "without its beginning": b"PAR1" + WHOLE[-200:],
    "other columns": write_parquet(pa.table({"offset": [1]})),
    "no text": write_all_columns(b"\xff", NOW),
}
DAMAGED_TWEETS = DAMAGED | {"no moment": write_all_columns(b"good", 2**62)}


@pytest.fixture
def reading() -> Reading:
    return Reading(keep_tweets=4, files_per_read=3)


def store_good(data_root: DataRoot) -> None:
    """Store two tweets that are to be shown, one that was deleted, and their counts."""
    for tweet_id in "abc":
        data_root.store_tweets(build_row(tweet_id))
    data_root.store_deletions("b")
    data_root.store_counts({(MINUTE, "food"): 3})


@pytest.mark.parametrize(("dataset", "kind"), [*product(DATASETS, DAMAGED), (TWEETS, "no moment")])
def test_a_damaged_file_is_named_and_good_ones_are_shown(
    data_root: DataRoot, reader: SnapshotReader, dataset: str, kind: str
) -> None:
    store_good(data_root)
    damaged = data_root.store_damaged(dataset, [DAMAGED_TWEETS[kind]])[0]
    for _ in range(2):
        reader.poll()
        assert (list_ids(reader), sum_counts(reader)) == (["c", "a"], 3)
        storage = reader.snapshot.storage
        assert storage.status == "degraded"
        assert f"{damaged.relative_to(data_root.path)} is not a Parquet file" in storage.detail


@pytest.mark.parametrize("dataset", DATASETS)
def test_many_damaged_files_hide_no_good_one_and_are_read_once(
    data_root: DataRoot,
    files: WatchedFiles,
    reader: SnapshotReader,
    clock: Clock,
    dataset: str,
) -> None:
    store_good(data_root)
    damaged = data_root.store_damaged(dataset, list(islice(cycle(DAMAGED.values()), 100)))
    for _ in range(3):
        assert not reader.poll(), "there is no more to read"
        assert (list_ids(reader), sum_counts(reader)) == (["c", "a"], 3)
        assert reader.snapshot.storage.detail.endswith("(and 99 more)")
        clock.time += timedelta(seconds=5)
    reads = Counter(files.read_paths)
    assert set(reads.values()) == {1}
    assert reads.keys() >= {str(path.relative_to(data_root.path)) for path in damaged}

    data_root.store_tweets(build_row("d"))
    data_root.store_deletions("a")
    data_root.store_counts({(MINUTE, "food"): 4})
    reader.poll()
    assert (list_ids(reader), sum_counts(reader)) == (["d", "c"], 4)


# How to store what comes later, and the tweets and the count that are shown then.
LATER: dict[str, tuple[Callable[[DataRoot], list[Path]], list[str], int]] = {
    TWEETS: (lambda root: root.store_tweets(build_row("d")), ["d", "c", "a"], 3),
    CATEGORY_COUNTS: (lambda root: root.store_counts({(MINUTE, "food"): 4}), ["c", "a"], 4),
    DELETIONS: (lambda root: [root.store_deletions("a")], ["c"], 3),
}


@pytest.mark.parametrize("dataset", DATASETS)
def test_what_is_known_stays_until_a_damaged_file_is_whole(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, dataset: str
) -> None:
    store_good(data_root)
    reader.poll()
    store, *shown = LATER[dataset]
    path = store(data_root)[0]
    content = path.read_bytes()
    path.write_bytes(b"PAR1 and no more")
    for _ in range(2):
        reader.poll()
        assert [list_ids(reader), sum_counts(reader)] == [["c", "a"], 3]
        assert reader.snapshot.storage.status == "degraded"
    files.read_paths.clear()
    # The time of change of its folder stays as it is.
    path.write_bytes(content)
    reader.poll()
    assert [list_ids(reader), sum_counts(reader)] == shown
    assert reader.snapshot.storage.status == "ok"
    assert files.read_paths == [str(path.relative_to(data_root.path))]


@pytest.mark.parametrize("dataset", [TWEETS, DELETIONS])
def test_tweets_and_deletions_are_read_only_once_whatever_becomes_of_their_files(
    data_root: DataRoot, files: WatchedFiles, reader: SnapshotReader, dataset: str
) -> None:
    store_good(data_root)
    reader.poll()
    files.read_paths.clear()
    for path in (data_root.path / dataset).rglob("*.parquet"):
        path.write_bytes(b"PAR1 and no more")
    store, shown, _ = LATER[dataset]
    new = store(data_root)[0]
    reader.poll()
    assert list_ids(reader) == shown
    assert reader.snapshot.storage.status == "ok"
    assert files.read_paths == [str(new.relative_to(data_root.path))]
