"""What the doctor finds at an HDFS of others, and what it says to ask them for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from commands import find_free_port
from stub_webhdfs import NO_QUOTA, StubNameNode, run_namenode

from access.hdfs.access import HdfsAccess, open_session, split_root
from stack.external import folders
from stack.external.folders import check_address, check_data_root, check_event_log, judge_quota
from stack.external.namenodes import NameNodeSearch, check_active, judge_refusal
from stack.hdfs import write_site
from stack.machine_checks import Finding
from stack.webhdfs import WebHdfs

ROOT = "/data/tweets"


@pytest.fixture
def stub() -> Iterator[StubNameNode]:
    with run_namenode() as namenode:
        namenode.folders[ROOT] = {**namenode.folders["/"]}
        yield namenode


def search(*urls: str) -> tuple[list[Finding], WebHdfs | None]:
    searching = NameNodeSearch(HdfsAccess(urls, "tweets"))
    findings = list(searching.run())
    return findings, searching.active


def open_namenode(stub: StubNameNode) -> WebHdfs:
    return WebHdfs(stub.url, open_session(HdfsAccess((stub.url,), "tweets")))


def pick(findings: Iterator[Finding], what: str) -> Finding:
    [finding] = [finding for finding in findings if finding.what.startswith(what)]
    return finding


def test_the_active_one_of_two_namenodes_is_found(stub: StubNameNode) -> None:
    with run_namenode() as standby:
        standby.refusals["*"] = "StandbyException"
        findings, active = search(standby.url, stub.url)
    assert [finding.detail for finding in findings] == ["is on standby", "is active"]
    assert not any(finding.remedy for finding in findings)
    assert active
    assert active.url == stub.url


@pytest.mark.parametrize(
    ("refusal", "detail", "remedy"),
    [
        ("HTTP 401", "wants to know us by Kerberos", "TWEETS_KERBEROS_KEYTAB"),
        ("HTTP 404", "not as WebHDFS does", "TWEETS_WEBHDFS_URL"),
        ("RetriableException", "is starting", "wait"),
    ],
)
def test_a_namenode_that_refuses_us_says_why(
    stub: StubNameNode, refusal: str, detail: str, remedy: str
) -> None:
    stub.refusals["*"] = refusal
    (finding, summary), active = search(stub.url)
    assert detail in finding.detail
    assert remedy in finding.remedy
    assert active is None
    assert summary.remedy


def test_without_a_ticket_no_namenode_is_asked(stub: StubNameNode, tmp_path: Path) -> None:
    missing = tmp_path / "tweets.keytab"
    search = NameNodeSearch(HdfsAccess((stub.url,), principal="tweets@REALM", keytab=missing))
    [finding] = search.run()
    assert "TWEETS_KERBEROS_KEYTAB" in finding.remedy
    assert not stub.asked


def test_a_namenode_that_knows_no_key_of_ours_says_so() -> None:
    access = HdfsAccess(("http://nn:9870",), principal="tweets@REALM")
    error = requests.RequestException("ctx: Minor (7): Server HTTP/nn not found, Context: Step")
    finding = judge_refusal("NameNode", error, access)
    assert finding.detail == "does not accept tweets@REALM (Server HTTP/nn not found)"
    assert "HTTP/" in finding.remedy


def test_a_namenode_that_is_not_reached_is_named() -> None:
    url = f"http://127.0.0.1:{find_free_port()}"
    (finding, _), _ = search(url)
    assert url in finding.what
    assert "does not answer" in finding.detail
    assert "ask those who run it" in finding.remedy


def test_an_hdfs_that_works_has_no_remedy(stub: StubNameNode) -> None:
    namenode = open_namenode(stub)
    findings = [
        *check_active(namenode, f"{ROOT}/_probe"),
        *check_data_root(namenode, ROOT, "tweets"),
    ]
    assert not [finding for finding in findings if finding.remedy]
    assert pick(iter(findings), "clock").detail.startswith("within")


def test_asking_changes_nothing(stub: StubNameNode) -> None:
    namenode = open_namenode(stub)
    list(check_active(namenode, f"{ROOT}/_probe"))
    list(check_data_root(namenode, ROOT, "tweets"))
    assert not {operation for operation, _ in stub.asked} & {"MKDIRS", "SETOWNER"}
    assert f"{ROOT}/_probe" not in stub.folders


def test_safe_mode_is_waited_for_and_a_closed_jmx_no_failure(stub: StubNameNode) -> None:
    namenode = open_namenode(stub)
    stub.jmx = {"FSState": "safeMode", "NumLiveDataNodes": 3}
    assert "when it will be over" in pick(check_active(namenode, ROOT), "safe mode").remedy
    stub.jmx = None
    closed = pick(check_active(namenode, ROOT), "safe mode")
    assert "not shown" in closed.detail
    assert not closed.remedy


def test_a_datanode_that_is_not_reached_is_told_with_both_ways_out(stub: StubNameNode) -> None:
    stub.datanode = f"127.0.0.1:{find_free_port()}"
    finding = pick(check_active(open_namenode(stub), ROOT), "DataNode")
    assert stub.datanode in finding.what
    assert "dfs.datanode.hostname" in finding.remedy
    assert "/etc/hosts" in finding.remedy


@pytest.mark.parametrize(("place", "port"), [("dn", "80"), ("dn:9864", "9864")])
def test_a_datanode_is_named_with_its_port(stub: StubNameNode, place: str, port: str) -> None:
    stub.datanode = place
    assert open_namenode(stub).name_datanode(ROOT) == f"dn:{port}"


def test_an_hdfs_that_names_no_datanode_is_told(stub: StubNameNode) -> None:
    stub.refusals["CREATE"] = "IOException"
    assert pick(check_active(open_namenode(stub), ROOT), "DataNode").remedy


def test_a_folder_that_is_missing_is_made_by_prepare(stub: StubNameNode) -> None:
    del stub.folders[ROOT]
    [finding] = check_data_root(open_namenode(stub), ROOT, "tweets")
    assert "python -m stack prepare" in finding.remedy


def test_a_folder_that_we_may_not_write_is_asked_for_by_a_command(stub: StubNameNode) -> None:
    stub.refusals["CHECKACCESS"] = "AccessControlException"
    [finding] = check_data_root(open_namenode(stub), ROOT, "tweets")
    assert "tweets:team with mode 750" in finding.detail
    assert f"hdfs dfs -chown tweets {ROOT}" in finding.remedy


@pytest.mark.parametrize(
    ("quota", "detail", "is_short"),
    [
        ({}, "there is none", False),
        ({"spaceQuota": 10e9, "spaceConsumed": 4e9}, "6.0 of 10.0 GB are left", False),
        ({"spaceQuota": 10e9, "spaceConsumed": 9.5e9}, "0.5 of 10.0 GB are left", True),
        ({"quota": 100, "fileAndDirectoryCount": 95}, "5 of 100 files and folders", True),
    ],
)
def test_a_quota_that_is_nearly_used_up_is_told(
    quota: dict[str, float], detail: str, is_short: bool
) -> None:
    finding = judge_quota(ROOT, NO_QUOTA | quota)
    assert detail in finding.detail
    assert bool(finding.remedy) is is_short


def test_the_job_finds_a_name_service_by_its_configuration(tmp_path: Path) -> None:
    root = split_root("hdfs://cluster/tweets")
    assert "HADOOP_CONF_DIR" in check_address(root, None).remedy
    assert "HADOOP_CONF_DIR" in check_address(root, str(tmp_path)).remedy
    write_site(tmp_path / "hdfs-site.xml", {"dfs.nameservices": "other, cluster"})
    assert not check_address(root, str(tmp_path)).remedy


def test_a_namenode_without_a_port_is_found_at_that_of_hadoop(
    stub: StubNameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = split_root("hdfs://127.0.0.1/tweets")
    monkeypatch.setattr(folders, "NAMENODE_PORT", urlsplit(stub.url).port)
    assert not check_address(root, None).remedy
    monkeypatch.setattr(folders, "NAMENODE_PORT", find_free_port())
    assert "HADOOP_CONF_DIR" in check_address(root, None).remedy


def test_without_an_address_that_of_the_default_file_system_counts(
    stub: StubNameNode, tmp_path: Path
) -> None:
    root = split_root("hdfs:///tweets")
    assert "fs.defaultFS" in check_address(root, None).detail
    write_site(tmp_path / "core-site.xml", {"fs.defaultFS": "file:///"})
    assert "fs.defaultFS" in check_address(root, str(tmp_path)).remedy
    address = stub.url.removeprefix("http://")
    write_site(tmp_path / "core-site.xml", {"fs.defaultFS": f"hdfs://{address}/"})
    finding = check_address(root, str(tmp_path))
    assert (finding.what, finding.remedy) == (f"address {address}", "")


def test_the_job_needs_the_port_of_a_single_namenode(stub: StubNameNode) -> None:
    address = stub.url.removeprefix("http://")
    assert not check_address(split_root(f"hdfs://{address}/tweets"), None).remedy
    closed = split_root(f"hdfs://127.0.0.1:{find_free_port()}/tweets")
    assert "TWEETS_DATA_ROOT" in check_address(closed, None).remedy


def test_the_folder_of_a_history_server_must_be_there(
    stub: StubNameNode, tmp_path: Path, find_remedy: Callable[[str], str]
) -> None:
    assert "hdfs dfs -mkdir -p /logs" in find_remedy("hdfs://cluster/logs")
    assert not find_remedy(f"hdfs://cluster{ROOT}")
    stub.refusals["CHECKACCESS"] = "AccessControlException"
    assert "chmod 1777" in find_remedy(f"hdfs://cluster{ROOT}")
    assert not find_remedy(f"file:{tmp_path}")
    assert "mkdir -p" in find_remedy(f"{tmp_path}/missing")
    assert not find_remedy("s3a://bucket/logs")


@pytest.fixture
def find_remedy(stub: StubNameNode) -> Callable[[str], str]:
    return lambda event_log: check_event_log(open_namenode(stub), event_log).remedy
