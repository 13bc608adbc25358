"""What the doctor finds at NameNodes, and what it says to do or to ask others for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from commands import find_free_port
from stub_namenode import StubNameNode, run_namenode

from access.hdfs.access import HdfsAccess
from stack.doctor.findings import OTHERS, OURS, Finding, Remedies
from stack.doctor.namenodes import (
    check_active,
    find_active,
    judge_clock,
    judge_refusal,
    judge_state,
)
from stack.namenode import NameNode

ROOT = "/data/tweets"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def search(*urls: str) -> tuple[list[Finding], NameNode | None]:
    findings = []
    searching = find_active(HdfsAccess(urls, "tweets"), OTHERS)
    while True:
        try:
            findings.append(next(searching))
        except StopIteration as end:
            return findings, end.value


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
    assert active.get_status("/")


def test_each_namenode_is_told_before_the_next_is_asked(stub: StubNameNode) -> None:
    url = f"http://127.0.0.1:{find_free_port()}"
    told = next(find_active(HdfsAccess((url, stub.url), "tweets"), OTHERS))
    assert url in told.what
    assert not stub.asked


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
    access = HdfsAccess((stub.url,), principal="tweets@REALM", keytab=missing)
    [finding] = find_active(access, OTHERS)
    assert "TWEETS_KERBEROS_KEYTAB" in finding.remedy
    assert not stub.asked


def test_a_namenode_that_knows_no_key_of_ours_says_so() -> None:
    access = HdfsAccess(("http://nn:9870",), principal="tweets@REALM")
    error = requests.RequestException("ctx: Minor (7): Server HTTP/nn not found, Context: Step")
    finding = judge_refusal("NameNode", error, access, OTHERS)
    assert finding.detail == "does not accept tweets@REALM (Server HTTP/nn not found)"
    assert "HTTP/" in finding.remedy


def test_a_namenode_that_is_not_reached_is_named() -> None:
    url = f"http://127.0.0.1:{find_free_port()}"
    (finding, _), _ = search(url)
    assert url in finding.what
    assert "does not answer" in finding.detail
    assert "ask those who run it" in finding.remedy


@pytest.mark.parametrize(
    ("state", "live", "dead", "ours", "others"),
    [
        ("Operational", 3, 0, "", ""),
        ("safeMode", 3, 0, "wait until its DataNodes", "ask those who run it when"),
        ("Operational", 2, 1, "start the missing DataNodes", ""),
        ("Operational", 0, 0, "start the missing DataNodes", "ask those who run it about"),
    ],
)
def test_an_hdfs_serves_out_of_safe_mode_and_ours_with_all_its_datanodes(
    state: str, live: int, dead: int, ours: str, others: str
) -> None:
    bean = {"FSState": state, "NumLiveDataNodes": live, "NumDeadDataNodes": dead}
    for remedies, said in ((OURS, ours), (OTHERS, others)):
        remedy = judge_state(bean, remedies).remedy
        assert said in remedy
        assert bool(remedy) is bool(said)


def test_clocks_may_be_seconds_apart_but_not_a_minute() -> None:
    assert not judge_clock(NOON + timedelta(seconds=2), NOON).remedy
    assert "60 s apart" in judge_clock(NOON - timedelta(minutes=1), NOON).detail


def test_a_namenode_is_waited_for_until_it_answers_out_of_safe_mode(
    stub: StubNameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert stub.open().is_operational()
    stub.jmx = {"FSState": "safeMode"}
    assert not stub.open().is_operational()
    stub.jmx = None
    assert not stub.open().is_operational()
    assert not NameNode(f"http://127.0.0.1:{find_free_port()}").is_operational()


def test_an_account_without_a_name_can_wait_for_a_namenode(
    stub: StubNameNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2**31 - 2)
    assert NameNode(stub.url).is_operational()


@pytest.mark.parametrize(("remedies", "remedy"), [(OURS, "look into the log"), (OTHERS, "")])
def test_a_closed_jmx_is_a_failure_of_ours_alone(
    stub: StubNameNode, remedies: Remedies, remedy: str
) -> None:
    stub.jmx = None
    closed = pick(check_active(stub.open(), ROOT, remedies), "safe mode")
    assert "not shown" in closed.detail
    assert remedy in closed.remedy
    assert bool(closed.remedy) is bool(remedy)


def test_a_datanode_that_is_not_reached_is_told_with_both_ways_out(stub: StubNameNode) -> None:
    stub.datanode = f"127.0.0.1:{find_free_port()}"
    finding = pick(check_active(stub.open(), ROOT, OTHERS), "DataNode")
    assert stub.datanode in finding.what
    assert "dfs.datanode.hostname" in finding.remedy
    assert "/etc/hosts" in finding.remedy


@pytest.mark.parametrize(("place", "port"), [("dn", "80"), ("dn:9864", "9864")])
def test_a_datanode_is_named_with_its_port(stub: StubNameNode, place: str, port: str) -> None:
    stub.datanode = place
    assert stub.open().name_datanode(ROOT) == f"dn:{port}"


@pytest.mark.parametrize(
    ("remedies", "remedy"), [(OURS, "python -m stack up"), (OTHERS, "ask those who run it")]
)
def test_an_hdfs_that_names_no_datanode_is_told(
    stub: StubNameNode, remedies: Remedies, remedy: str
) -> None:
    stub.refusals["CREATE"] = "IOException"
    assert remedy in pick(check_active(stub.open(), ROOT, remedies), "DataNode").remedy


def test_nobody_is_asked_about_what_listens_in_place_of_our_namenode(stub: StubNameNode) -> None:
    stub.refusals["*"] = "HTTP 404"
    finding, _ = find_active(HdfsAccess((stub.url,), "tweets"), OURS)
    assert finding.remedy == "stop what else listens there, or correct TWEETS_WEBHDFS_URL"
