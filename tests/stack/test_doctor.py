import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stack import machine_checks
from stack.doctor import print_findings
from stack.jars import Jar
from stack.machine_checks import Finding, check_jars, check_model
from stack.service_checks import check_hdfs, check_kafka, judge_clock, judge_namenode, judge_topic

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def describe_partition(leader: int = 1, isr: tuple[int, ...] = (1,)) -> dict[str, object]:
    return {"leader_id": leader, "isr_nodes": list(isr), "replica_nodes": [1]}


def test_each_failure_has_its_remedy_beside_it() -> None:
    said: list[str] = []
    findings = [Finding("disk", "82 GB are free"), Finding("model", "none", "train one")]
    assert not print_findings(findings, said.append)
    assert said[0].split(maxsplit=1)[0] == "ok"
    assert said[1].startswith("FAIL")
    assert said[1].endswith("none -> train one")


def test_all_is_well_without_a_failure() -> None:
    assert print_findings([Finding("disk", "82 GB are free")], lambda line: None)


@pytest.mark.parametrize(
    ("partitions", "error_code", "problem"),
    [
        ([], 3, "does not exist"),
        ([describe_partition(leader=-1)], 0, "without a leader"),
        ([describe_partition(isr=())], 0, "not in sync"),
    ],
)
def test_a_topic_that_cannot_be_used_fails(
    partitions: list[dict[str, object]], error_code: int, problem: str
) -> None:
    described = {"error_code": error_code, "partitions": partitions}
    finding = judge_topic("tweets", described)
    assert problem in finding.detail
    assert finding.remedy


def test_a_whole_topic_passes() -> None:
    described = {"error_code": 0, "partitions": [describe_partition()]}
    assert not judge_topic("tweets", described).remedy


@pytest.mark.parametrize(
    ("state", "live", "dead", "well"),
    [
        ("Operational", 3, 0, True),
        ("Safemode", 3, 0, False),
        ("Operational", 2, 1, False),
        ("Operational", 0, 0, False),
    ],
)
def test_a_namenode_is_well_with_all_its_datanodes(
    state: str, live: int, dead: int, well: bool
) -> None:
    bean = {"FSState": state, "NumLiveDataNodes": live, "NumDeadDataNodes": dead}
    assert bool(judge_namenode("NameNode", bean).remedy) is not well


def test_clocks_may_be_seconds_apart_but_not_a_minute() -> None:
    assert not judge_clock(NOON + timedelta(seconds=2), NOON).remedy
    assert "60 s apart" in judge_clock(NOON - timedelta(minutes=1), NOON).detail


def test_without_services_each_check_fails_and_none_raises() -> None:
    findings = [
        *check_kafka("127.0.0.1:1", "tweets"),
        *check_hdfs("hdfs://127.0.0.1:1/tweets", "http://127.0.0.1:1"),
    ]
    assert len(findings) == 5
    assert all(finding.remedy for finding in findings)


def test_missing_jars_fail(tmp_path: Path) -> None:
    assert check_jars(folder=tmp_path).remedy == "fetch them: `python -m stack.jars`"


def test_a_machine_without_local_services_needs_the_jars_of_the_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a jar"
    sha256 = hashlib.sha256(content).hexdigest()
    jars = [Jar(group, "org.example", "a", "1", sha256) for group in ("spark", "kafka")]
    monkeypatch.setattr(machine_checks, "read_jars", lambda: jars)
    (tmp_path / "spark").mkdir()
    jars[0].path_in(tmp_path).write_bytes(content)
    assert check_jars(folder=tmp_path).remedy
    assert not check_jars("spark", tmp_path).remedy
    jars[0].path_in(tmp_path).unlink()
    assert check_jars("spark", tmp_path).remedy == (
        "fetch them: `python -m stack.jars --group spark`"
    )


def test_the_live_model_is_the_first_named_and_must_be_there(tmp_path: Path) -> None:
    assert check_model(tmp_path).remedy
    (tmp_path / "current").write_text("v2\nv1\n")
    assert check_model(tmp_path).detail.startswith("v2 is live")
    assert check_model(tmp_path).remedy
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2" / "card.json").write_text("{}")
    assert not check_model(tmp_path).remedy
