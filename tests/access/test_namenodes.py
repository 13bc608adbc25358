"""Readers of an HDFS with two NameNodes, of which one is active, or none for a while."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from http_server import Handler, serve

from access.hdfs.access import HdfsAccess
from access.stored_files import StorageUnavailable, WebHdfsFiles


@dataclass
class NameNode:
    """A NameNode with two files, which sends reads to its DataNodes in turn, then to itself."""

    url: str = ""
    is_active: bool = True
    refuses_all: bool = False
    standby_answers_left: int = 0
    datanodes: list[str] = field(default_factory=list)
    asked: int = 0


@contextmanager
def run_namenode(namenode: NameNode) -> Iterator[NameNode]:
    class Answers(Handler):
        def do_GET(self) -> None:
            if self.path.startswith("/datanode"):
                self.answer(200, b"content")
                return
            namenode.asked += 1
            if namenode.refuses_all:
                self.answer(401, b"<html>Authentication required</html>")
                return
            if not namenode.is_active or namenode.standby_answers_left:
                namenode.standby_answers_left -= bool(namenode.standby_answers_left)
                error = {"exception": "StandbyException", "message": "READ in state standby"}
                self.answer(403, json.dumps({"RemoteException": error}).encode())
            elif "op=OPEN" in self.path:
                location = namenode.datanodes.pop(0) if namenode.datanodes else namenode.url
                self.answer(307, b"", {"Location": f"{location}/datanode"})
            else:
                file = {"type": "FILE", "length": 7, "modificationTime": 1}
                files = [{"pathSuffix": name, **file} for name in "ab"]
                listing = {"FileStatuses": {"FileStatus": files}}
                self.answer(200, json.dumps(listing).encode())

    with serve(Answers) as namenode.url:
        yield namenode


@pytest.fixture
def first() -> Iterator[NameNode]:
    with run_namenode(NameNode()) as namenode:
        yield namenode


@pytest.fixture
def second() -> Iterator[NameNode]:
    with run_namenode(NameNode(is_active=False)) as namenode:
        yield namenode


@contextmanager
def refuse_connections() -> Iterator[str]:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


def open_files(*urls: str, patience_seconds: float = 0) -> WebHdfsFiles:
    return WebHdfsFiles(HdfsAccess(urls), "/tweets", patience_seconds)


def test_a_reader_follows_the_active_namenode(first: NameNode, second: NameNode) -> None:
    files = open_files(first.url, second.url)
    assert files.read_file("a") == b"content"
    first.is_active, second.is_active = False, True
    assert files.read_file("a") == b"content"
    assert [entry.name for entry in files.list_folder("")] == ["a", "b"]


def test_another_is_asked_for_one_that_is_gone_however_its_name_is_written(
    first: NameNode,
) -> None:
    with refuse_connections() as gone:
        files = open_files(gone.replace("127.0.0.1", "LOCALHOST"), first.url)
        assert files.read_file("a") == b"content"


def test_the_one_that_answered_last_is_asked_first(first: NameNode, second: NameNode) -> None:
    files = open_files(second.url, first.url)
    for _ in range(3):
        files.list_folder("")
    assert (first.asked, second.asked) == (3, 1)


def test_a_namenode_that_is_gone_costs_a_reader_no_time(first: NameNode) -> None:
    with refuse_connections() as gone:
        began = time.monotonic()
        assert open_files(gone, first.url).read_file("a") == b"content"
        assert time.monotonic() - began < 1


def test_a_namenode_that_hangs_costs_one_read_the_time_that_a_page_may_wait(
    first: NameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.hdfs.namenodes.CONNECT_AND_READ_SECONDS", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        files = open_files(f"http://127.0.0.1:{silent.getsockname()[1]}", first.url)
        began = time.monotonic()
        for _ in range(5):
            assert files.read_file("a") == b"content"
        assert time.monotonic() - began < 0.9


def test_a_dead_datanode_does_not_send_a_reader_to_the_standby(
    first: NameNode, second: NameNode
) -> None:
    with refuse_connections() as gone:
        first.datanodes = [gone, gone]
        assert open_files(first.url, second.url).read_file("a") == b"content"
        first.datanodes = [gone] * 9
        with pytest.raises(StorageUnavailable, match="A DataNode of HDFS"):
            open_files(first.url, second.url).read_file("a")
    assert second.asked == 0


def test_without_an_active_namenode_what_each_says_is_told(second: NameNode) -> None:
    with refuse_connections() as gone, pytest.raises(StorageUnavailable) as error:
        open_files(gone, second.url).list_folder("")
    assert str(error.value) == (
        f"HDFS at {gone}, {second.url} cannot read /tweets: the connection is refused or breaks; "
        "READ in state standby."
    )


def test_a_patient_reader_waits_until_another_has_become_active(
    first: NameNode, second: NameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.hdfs.namenodes.RETRY_SECONDS", 0.01)
    first.is_active, second.is_active, second.standby_answers_left = False, True, 5
    files = open_files(first.url, second.url, patience_seconds=30)
    assert files.read_file("a") == b"content"


def test_nobody_waits_for_a_hdfs_that_is_away() -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(refuse_connections()) for _ in range(2)]
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            open_files(*urls, patience_seconds=30).read_file("a")
        assert time.monotonic() - began < 1


def test_a_hdfs_that_wants_kerberos_says_so_once(
    first: NameNode, caplog: pytest.LogCaptureFixture
) -> None:
    first.refuses_all = True
    with pytest.raises(StorageUnavailable, match=r"wants to know us by Kerberos.*ticket\.$"):
        open_files(first.url).list_folder("")
    assert not caplog.records
