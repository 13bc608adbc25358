"""The reader over a real HDFS, whose files are replaced as the streaming job replaces them."""

import getpass
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import hdfs
import pytest
import requests
from stored_data import NOW, DataRoot, build_row

from access.hdfs.access import HdfsAccess
from access.stored_files import open_stored_files
from dashboard.reader import Reading, SnapshotReader


class Stack(Protocol):
    hdfs_url: str
    webhdfs_url: str


class HdfsRoot:
    """A data root on HDFS, filled from a local one."""

    def __init__(self, stack: Stack, local: DataRoot) -> None:
        self.local = local
        self.path = f"/dashboard-{uuid4().hex}"
        self.reader = SnapshotReader(
            open_stored_files(stack.hdfs_url + self.path, HdfsAccess((stack.webhdfs_url,))),
            Reading(),
            now=lambda: NOW,
        )
        self.client = hdfs.InsecureClient(stack.webhdfs_url, timeout=30)
        self._webhdfs_url = stack.webhdfs_url
        self._uploaded: dict[Path, int] = {}

    def publish(self) -> None:
        """Stage what has changed locally, and rename it into place over what is there."""
        for path in sorted(self.local.path.rglob("*.parquet")):
            if self._uploaded.get(path) != path.stat().st_mtime_ns:
                self._uploaded[path] = path.stat().st_mtime_ns
                target = f"{self.path}/{path.relative_to(self.local.path).as_posix()}"
                staged = f"{self.path}/_staging/{path.name}"
                self.client.write(staged, path.read_bytes(), overwrite=True)
                self.client.makedirs(target.rpartition("/")[0])
                self._rename_over(staged, target)

    def _rename_over(self, source: str, target: str) -> None:
        parameters = {
            "op": "RENAME",
            "destination": target,
            "renameoptions": "OVERWRITE",
            "user.name": getpass.getuser(),
        }
        url = f"{self._webhdfs_url}/webhdfs/v1{source}"
        requests.put(url, params=parameters, timeout=30).raise_for_status()

    def list_ids(self) -> list[str]:
        return [tweet.id for tweet in self.reader.snapshot.newest.tweets]


@pytest.fixture
def hdfs_root(stack: Stack, data_root: DataRoot) -> Iterator[HdfsRoot]:
    root = HdfsRoot(stack, data_root)
    yield root
    root.client.delete(root.path, recursive=True)


def test_what_is_on_hdfs_is_in_the_snapshot(hdfs_root: HdfsRoot) -> None:
    hdfs_root.local.store_both(build_row("a", text="Größe 🍕"), build_row("b"))
    hdfs_root.local.store_tweets(build_row("c", NOW - timedelta(days=1)))
    hdfs_root.publish()
    hdfs_root.reader.poll()
    snapshot = hdfs_root.reader.snapshot
    assert snapshot.storage.status == "ok"
    assert hdfs_root.list_ids() == ["b", "a", "c"]
    assert snapshot.newest.tweets[1].text == "Größe 🍕"
    assert snapshot.newest.tweets[1].created_at == NOW
    assert snapshot.counts.rows["tweet_count"].sum() == 2


def test_replaced_counts_and_new_tweets_are_seen(hdfs_root: HdfsRoot) -> None:
    minute = NOW.replace(second=0)
    for count in (1, 7, 3):
        hdfs_root.local.store_counts({(minute, "food"): count})
        hdfs_root.local.store_tweets(build_row(f"t{count}"))
        hdfs_root.publish()
        hdfs_root.reader.poll()
        assert hdfs_root.reader.snapshot.counts.rows["tweet_count"].sum() == count
        assert f"t{count}" in hdfs_root.list_ids()


def test_a_deleted_tweet_is_hidden_by_the_next_poll(hdfs_root: HdfsRoot) -> None:
    # HDFS stamps files by the clock of the machine, which a deletion follows its tweet by.
    long_ago = NOW - timedelta(days=3_650)
    hdfs_root.local.store_tweets(build_row("a", long_ago), build_row("b", long_ago))
    hdfs_root.publish()
    hdfs_root.reader.poll()
    assert hdfs_root.list_ids() == ["b", "a"]
    hdfs_root.local.store_deletions("b")
    hdfs_root.publish()
    hdfs_root.reader.poll()
    assert hdfs_root.list_ids() == ["a"]


def test_an_empty_hdfs_is_no_failure(hdfs_root: HdfsRoot) -> None:
    hdfs_root.reader.poll()
    assert hdfs_root.reader.snapshot.storage.status == "ok"
    assert hdfs_root.list_ids() == []
