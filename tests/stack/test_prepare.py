"""What is made on an HDFS of others, and which commands are handed on where that may not be."""

from collections.abc import Iterator

import pytest
from stub_webhdfs import StubNameNode, run_namenode

from access.hdfs.access import HdfsAccess, open_session
from settings import Settings
from stack.machine_checks import Finding
from stack.prepare import Owner, prepare, prepare_folder
from stack.webhdfs import WebHdfs

ROOT = "/data/tweets"


@pytest.fixture
def stub() -> Iterator[StubNameNode]:
    with run_namenode() as namenode:
        yield namenode


def make(stub: StubNameNode, owner: str | None = None) -> Finding:
    namenode = WebHdfs(stub.url, open_session(HdfsAccess((stub.url,), "us")))
    return prepare_folder(namenode, ROOT, "us", Owner.parse(owner) if owner else None)


def test_a_folder_is_made_for_its_owner_alone_below_folders_for_all(stub: StubNameNode) -> None:
    assert not make(stub, "tweets:team").remedy
    assert stub.folders[ROOT]["permission"] == "750"
    assert stub.folders["/data"]["permission"] == "755"
    assert (stub.folders[ROOT]["owner"], stub.folders[ROOT]["group"]) == ("tweets", "team")
    assert stub.folders["/data"]["owner"] == "us"


def test_what_is_there_is_told_and_left_alone(stub: StubNameNode) -> None:
    stub.folders[ROOT] = {**stub.folders["/"], "permission": "777"}
    finding = make(stub)
    assert finding.detail == "is there already, of tweets:team with mode 777"
    assert {operation for operation, _ in stub.asked} == {"GETFILESTATUS"}


def test_a_second_run_changes_nothing(stub: StubNameNode) -> None:
    make(stub, "tweets")
    stub.asked.clear()
    assert not make(stub, "tweets").remedy
    assert {operation for operation, _ in stub.asked} == {"GETFILESTATUS"}


def test_where_we_may_not_make_it_the_commands_are_handed_on(stub: StubNameNode) -> None:
    stub.refusals["MKDIRS"] = "AccessControlException"
    assert make(stub, "tweets:team").remedy == (
        f"hand this to whoever may: hdfs dfs -mkdir -p {ROOT} && hdfs dfs -chown tweets:team {ROOT}"
        f" && hdfs dfs -chmod 750 {ROOT}"
    )
    assert f"-chown us {ROOT}" in make(stub).remedy


def test_where_we_may_not_give_it_away_only_that_is_handed_on(stub: StubNameNode) -> None:
    stub.refusals["SETOWNER"] = "AccessControlException"
    finding = make(stub, "tweets")
    assert finding.detail.startswith("made, but not given away")
    assert "mkdir" not in finding.remedy
    assert f"-chown tweets {ROOT}" in finding.remedy


def test_without_services_each_part_says_so(stub: StubNameNode) -> None:
    settings = Settings(
        bootstrap_servers="127.0.0.1:1",
        webhdfs_url="http://127.0.0.1:1",
        data_root="hdfs://cluster/tweets",
    )
    findings = list(prepare(settings, None))
    assert len(findings) == 3
    assert all(finding.remedy for finding in findings)


def test_a_data_root_elsewhere_needs_nothing(stub: StubNameNode) -> None:
    settings = Settings(bootstrap_servers="127.0.0.1:1", data_root="file:/tmp/tweets")
    *_, hdfs = prepare(settings, None)
    assert not hdfs.remedy
