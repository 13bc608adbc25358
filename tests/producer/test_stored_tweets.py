import json
import math
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from replaying import FIRST, read_ids, replay

from access.hdfs.access import HdfsAccess
from access.stored_files import LocalFiles, StoredEntry
from producer.sources.live import SourceError
from producer.sources.stored_tweets import read_stored_tweets


def store(root: Path, hour: int, file: str, *rows: tuple[str, int]) -> None:
    folder = root / f"tweets/date=2026-11-01/hour={hour:02}"
    folder.mkdir(parents=True, exist_ok=True)
    table = [
        {
            "id": tweet_id,
            "text": "rain",
            "created_at": FIRST.replace(hour=hour, second=second),
            "user_id": "u1",
            "username": "ann",
            "name": "Ann",
            "lang": "en",
            "source": "x",
            "category": "weather",
        }
        for tweet_id, second in rows
    ]
    pq.write_table(pa.Table.from_pylist(table), folder / f"{file}.parquet")


@pytest.fixture
def data_root(tmp_path: Path) -> Path:
    store(tmp_path, 13, "one", ("e", 5))
    store(tmp_path, 12, "one", ("a", 0), ("d", 30))
    store(tmp_path, 12, "two", ("b", 10), ("c", 20))
    return tmp_path


@pytest.mark.parametrize("place", ["{}", "{}/tweets", "{}/", "file:{}", "file://{}"])
def test_stored_tweets_come_in_the_order_of_their_creation(place: str, data_root: Path) -> None:
    messages = replay(place.format(data_root), speed=math.inf)
    assert read_ids(messages) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("place", ["tweets", "tweets/", "./tweets", "tweets/tweets"])
def test_a_data_root_may_be_called_as_its_folder_of_tweets_is(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path / "tweets", 12, "one", ("a", 0))
    monkeypatch.chdir(tmp_path)
    assert read_ids(replay(place)) == ["a"]


def test_the_folder_of_tweets_may_be_named_alone(
    data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data_root)
    assert read_ids(replay("tweets", speed=math.inf)) == ["a", "b", "c", "d", "e"]


def test_a_stored_tweet_is_the_message_that_it_was(data_root: Path) -> None:
    first = next(replay(data_root))
    assert json.loads(first.value) == {
        "source": "x",
        "data": {
            "id": "a",
            "text": "rain",
            "created_at": "2026-11-01T12:00:00.000Z",
            "author_id": "u1",
            "lang": "en",
        },
        "includes": {"users": [{"id": "u1", "name": "Ann", "username": "ann"}]},
    }


def test_stored_tweets_that_somebody_deleted_are_left_out(data_root: Path) -> None:
    folder = data_root / "deletions/date=2026-11-02/hour=00"
    folder.mkdir(parents=True)
    deleted = [{"id": "b", "source": "x"}, {"id": "c", "source": "jetstream"}]
    pq.write_table(pa.Table.from_pylist(deleted), folder / "one.parquet")
    assert read_ids(replay(data_root, speed=math.inf)) == ["a", "c", "d", "e"]


def test_a_folder_that_holds_no_tweets_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no stored tweets: name the data root of a job"):
        list(replay(tmp_path))


def test_a_stored_file_that_is_damaged_is_a_sentence(data_root: Path) -> None:
    damaged = data_root / "tweets/date=2026-11-01/hour=12/two.parquet"
    damaged.write_bytes(b"PAR1 no more")
    with pytest.raises(SourceError, match=r"hour=12/two.parquet is no file of stored tweets"):
        list(replay(data_root))


@pytest.mark.parametrize("hour", [11, 12, 14])
def test_an_hour_without_files_is_passed_over(hour: int, data_root: Path) -> None:
    folder = data_root / f"tweets/date=2026-11-01/hour={hour}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    left = ["e"] if hour == 12 else ["a", "b", "c", "d", "e"]
    assert read_ids(replay(data_root, speed=math.inf)) == left


@pytest.mark.parametrize("name", [".one.parquet.crc", "_SUCCESS", ".two.parquet"])
def test_what_lies_beside_the_stored_tweets_is_passed_over(name: str, data_root: Path) -> None:
    (data_root / "tweets/date=2026-11-01/hour=12" / name).write_bytes(b"crc")
    assert read_ids(replay(data_root, speed=math.inf)) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("vanishing", "left"),
    [
        ("date=2026-11-01/hour=12/one.parquet", ["b", "c", "e"]),
        ("date=2026-11-01/hour=12", ["e"]),
        ("date=2026-11-01", []),
    ],
)
def test_what_vanishes_while_it_is_read_is_passed_over(
    vanishing: str, left: list[str], data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_folder = LocalFiles.list_folder

    def list_then_remove(files: LocalFiles, path: str) -> list[StoredEntry]:
        entries = list_folder(files, path)
        for entry in entries:
            if entry.path == f"tweets/{vanishing}":
                gone = data_root / entry.path
                shutil.rmtree(gone) if entry.is_folder else gone.unlink()
        return entries

    store(data_root, 12, "three", ("f", 40))
    moved = data_root / "tweets/date=2026-10-31/hour=12"
    moved.mkdir(parents=True)
    (data_root / "tweets/date=2026-11-01/hour=12/three.parquet").rename(moved / "three.parquet")
    monkeypatch.setattr(LocalFiles, "list_folder", list_then_remove)
    assert read_ids(replay(data_root, speed=math.inf)) == ["f", *left]


def test_a_storage_that_is_away_is_a_sentence() -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:1"):
        list(replay("hdfs://127.0.0.1:8020/tweets"))


def test_an_hdfs_that_cannot_be_told_who_we_are_gets_a_sentence() -> None:
    access = HdfsAccess(("http://127.0.0.1:1",), principal="tweets@EXAMPLE.ORG")
    with pytest.raises(SourceError, match="TWEETS_KERBEROS_KEYTAB"):
        next(read_stored_tweets("hdfs://cluster/tweets", access))
