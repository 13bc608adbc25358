"""What the doctor finds of the folders on HDFS, and what it says to do or to ask others for."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import find_free_port
from stub_namenode import FOLDER, NO_QUOTA, StubNameNode

from access.hdfs.access import split_root
from stack.doctor import folders
from stack.doctor.findings import OTHERS, OURS, Remedies
from stack.doctor.folders import check_address, check_data_root, check_event_log, judge_quota
from stack.doctor.namenodes import check_active
from stack.hdfs import write_site

ROOT = "/data/tweets"


@pytest.fixture
def stub(stub: StubNameNode) -> StubNameNode:
    stub.folders[ROOT] = {**FOLDER}
    return stub


def test_an_hdfs_that_works_has_no_remedy(stub: StubNameNode) -> None:
    namenode = stub.open()
    findings = [
        *check_active(namenode, f"{ROOT}/_probe", OTHERS),
        *check_data_root(namenode, ROOT, "tweets", OTHERS),
    ]
    assert not [finding for finding in findings if finding.remedy]
    [clock] = [finding for finding in findings if finding.what == "clock"]
    assert clock.detail.startswith("within")


def test_asking_changes_nothing(stub: StubNameNode) -> None:
    namenode = stub.open()
    list(check_active(namenode, f"{ROOT}/_probe", OTHERS))
    list(check_data_root(namenode, ROOT, "tweets", OTHERS))
    assert not {operation for operation, _ in stub.asked} & {"MKDIRS", "SETOWNER"}
    assert f"{ROOT}/_probe" not in stub.folders


@pytest.mark.parametrize(("remedies", "remedy"), [(OURS, ""), (OTHERS, "python -m stack prepare")])
def test_a_folder_that_is_missing_is_made_by_prepare_and_ours_by_the_job(
    stub: StubNameNode, remedies: Remedies, remedy: str
) -> None:
    del stub.folders[ROOT]
    [finding] = check_data_root(stub.open(), ROOT, "tweets", remedies)
    assert remedy in finding.remedy
    assert bool(finding.remedy) is bool(remedy)


def test_a_folder_that_we_may_not_write_is_asked_for_by_a_command(stub: StubNameNode) -> None:
    stub.refusals["CHECKACCESS"] = "AccessControlException"
    [finding] = check_data_root(stub.open(), ROOT, "tweets", OTHERS)
    assert "tweets:team with mode 750" in finding.detail
    assert f"hdfs dfs -chown tweets {ROOT}" in finding.remedy


@pytest.mark.parametrize(
    ("remedies", "remedy"), [(OURS, "TWEETS_HDFS_USER"), (OTHERS, "ask those who run HDFS")]
)
def test_a_folder_that_may_not_be_looked_at_is_told(
    stub: StubNameNode, remedies: Remedies, remedy: str
) -> None:
    stub.refusals["GETFILESTATUS"] = "AccessControlException"
    [finding] = check_data_root(stub.open(), ROOT, "tweets", remedies)
    assert "cannot be asked for" in finding.detail
    assert remedy in finding.remedy


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
    assert "HADOOP_CONF_DIR" in check_address(root, None, OTHERS).remedy
    assert "HADOOP_CONF_DIR" in check_address(root, str(tmp_path), OTHERS).remedy
    write_site(tmp_path / "hdfs-site.xml", {"dfs.nameservices": "other, cluster"})
    assert not check_address(root, str(tmp_path), OTHERS).remedy


def test_a_configuration_may_hold_what_is_no_utf_8(tmp_path: Path) -> None:
    site = tmp_path / "hdfs-site.xml"
    write_site(site, {"dfs.nameservices": "cluster"})
    site.write_bytes(site.read_bytes() + b"<!-- gr\xfc\xdfe -->")
    assert not check_address(split_root("hdfs://cluster/tweets"), str(tmp_path), OTHERS).remedy


def test_a_namenode_without_a_port_is_found_at_that_of_hadoop(
    stub: StubNameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = split_root("hdfs://127.0.0.1/tweets")
    monkeypatch.setattr(folders, "NAMENODE_PORT", urlsplit(stub.url).port)
    assert not check_address(root, None, OTHERS).remedy
    monkeypatch.setattr(folders, "NAMENODE_PORT", find_free_port())
    assert "HADOOP_CONF_DIR" in check_address(root, None, OTHERS).remedy


def test_without_an_address_that_of_the_default_file_system_counts(
    stub: StubNameNode, tmp_path: Path
) -> None:
    root = split_root("hdfs:///tweets")
    assert "fs.defaultFS" in check_address(root, None, OTHERS).detail
    write_site(tmp_path / "core-site.xml", {"fs.defaultFS": "file:///"})
    assert "fs.defaultFS" in check_address(root, str(tmp_path), OTHERS).remedy
    address = stub.url.removeprefix("http://")
    write_site(tmp_path / "core-site.xml", {"fs.defaultFS": f"hdfs://{address}/"})
    finding = check_address(root, str(tmp_path), OTHERS)
    assert (finding.what, finding.remedy) == (f"address {address}", "")


def test_the_job_needs_the_port_of_a_single_namenode(stub: StubNameNode) -> None:
    address = stub.url.removeprefix("http://")
    assert not check_address(split_root(f"hdfs://{address}/tweets"), None, OTHERS).remedy
    closed = split_root(f"hdfs://127.0.0.1:{find_free_port()}/tweets")
    assert "TWEETS_DATA_ROOT" in check_address(closed, None, OTHERS).remedy


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
    return lambda event_log: check_event_log(stub.open(), event_log).remedy
