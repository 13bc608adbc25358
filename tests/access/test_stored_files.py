"""The data root in a local folder, and over a WebHDFS that misbehaves."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from http_server import Handler, serve

from access.hdfs.access import HdfsAccess
from access.stored_files import LocalFiles, StorageUnavailable, WebHdfsFiles, open_stored_files

NOWHERE = HdfsAccess(("http://nowhere",))


def test_a_local_folder_is_listed_and_read(tmp_path: Path) -> None:
    (tmp_path / "tweets").mkdir()
    (tmp_path / "tweets" / "b.parquet").write_bytes(b"four")
    (tmp_path / "tweets" / "a").mkdir()
    files = open_stored_files(f"file:{tmp_path}", NOWHERE)
    folder, file = files.list_folder("tweets")
    assert (folder.path, folder.name, folder.is_folder) == ("tweets/a", "a", True)
    assert (file.path, file.size, file.is_folder) == ("tweets/b.parquet", 4, False)
    assert files.read_file(file.path) == b"four"


def test_what_is_not_there_is_told_from_what_cannot_be_read(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileNotFoundError):
        files.list_folder("nothing")
    with pytest.raises(FileNotFoundError):
        files.read_file("nothing")
    with pytest.raises(StorageUnavailable, match="file cannot be read"):
        files.list_folder("file")


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%20b", "a:b"])
@pytest.mark.parametrize("prefix", ["", "file:", "file://"])
def test_a_local_path_may_hold_what_addresses_give_a_meaning(
    tmp_path: Path, prefix: str, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "file").write_bytes(b"content")
    assert open_stored_files(f"{prefix}{tmp_path}/{name}", NOWHERE).read_file("file") == b"content"


def test_another_kind_of_storage_gets_a_sentence() -> None:
    with pytest.raises(StorageUnavailable, match=r"s3a://bucket/x .* TWEETS_DATA_ROOT"):
        open_stored_files("s3a://bucket/x", NOWHERE)


class NameNode(Handler):
    """Sends each read to the next of its DataNodes; a DataNode answers with the file itself."""

    locations: Iterator[str]

    def do_GET(self) -> None:
        if self.path.startswith("/datanode"):
            self.answer(200, b"content")
        elif "op=OPEN" in self.path:
            self.answer(307, b"", {"Location": next(self.locations)})
        else:
            error = {"exception": "StandbyException", "message": "state standby\nat x.y.Z"}
            self.answer(403, json.dumps({"RemoteException": error}).encode())


@contextmanager
def run_namenode(dead_first: int) -> Iterator[str]:
    """Serve a NameNode that names a dead DataNode some times before it names a live one."""
    with socket.socket() as dead, serve(NameNode) as url:
        dead.bind(("127.0.0.1", 0))
        dead_url = f"http://127.0.0.1:{dead.getsockname()[1]}/datanode"
        NameNode.locations = iter([dead_url] * dead_first + [f"{url}/datanode"] * 9)
        yield url


def test_a_read_that_meets_a_dead_datanode_tries_another() -> None:
    with run_namenode(dead_first=2) as url:
        assert WebHdfsFiles(HdfsAccess((url,)), "/tweets").read_file("a.parquet") == b"content"


def test_a_read_that_only_meets_dead_datanodes_says_so() -> None:
    expected = pytest.raises(StorageUnavailable, match=r"A DataNode of HDFS .*/tweets/a\.parquet")
    with run_namenode(dead_first=9) as url, expected:
        WebHdfsFiles(HdfsAccess((url,)), "/tweets").read_file("a.parquet")


def test_an_error_of_hdfs_becomes_one_sentence() -> None:
    expected = pytest.raises(StorageUnavailable, match="cannot read /tweets: state standby")
    with run_namenode(dead_first=0) as url, expected as error:
        WebHdfsFiles(HdfsAccess((url,)), "/tweets/").list_folder("")
    assert "\n" not in str(error.value)


def test_a_namenode_that_is_not_there_is_named() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(StorageUnavailable, match=url):
            WebHdfsFiles(HdfsAccess((url,)), "/tweets").list_folder("tweets")
