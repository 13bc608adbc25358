import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from http_server import Handler, serve

from settings import Settings
from stack.doctor import machine
from stack.doctor.examination import check_history, examine
from stack.doctor.findings import Finding, print_findings
from stack.doctor.machine import check_jars, check_model
from stack.jars import Jar

ON_THIS_MACHINE = ("Java", "jars", "disk", "model", "local stack")


def test_each_failure_has_its_remedy_beside_it() -> None:
    said: list[str] = []
    findings = [Finding("disk", "82 GB are free"), Finding("model", "none", "train one")]
    assert not print_findings(findings, said.append)
    assert said[0].split(maxsplit=1)[0] == "ok"
    assert said[1].startswith("FAIL")
    assert said[1].endswith("none -> train one")


def test_all_is_well_without_a_failure() -> None:
    assert print_findings([Finding("disk", "82 GB are free")], lambda line: None)


@pytest.mark.parametrize("external", [False, True])
def test_without_services_each_check_fails_and_only_ours_are_to_be_started(
    tmp_path: Path, external: bool
) -> None:
    nowhere = Settings(
        bootstrap_servers="127.0.0.1:1",
        webhdfs_url="http://127.0.0.1:1,http://127.0.0.1:2",
        data_root="hdfs://127.0.0.1:1/tweets",
        event_log="hdfs://127.0.0.1:1/logs",
        history_url="http://127.0.0.1:1",
        local_dir=tmp_path,
        model_root=tmp_path,
    )
    found = [one for one in examine(nowhere, external) if one.what not in ON_THIS_MACHINE]
    assert [one.what.partition(" ")[0] for one in found if one.remedy] == [
        *("broker", "topic", "NameNode", "NameNode", "HDFS", "address", "history"),
    ]
    started = [one for one in found if "python -m stack up" in one.remedy]
    assert len(started) == (0 if external else 4)
    assert "TWEETS_BOOTSTRAP_SERVERS" in found[0].remedy


class HistoryServer(Handler):
    def do_GET(self) -> None:
        is_known = self.path.startswith("/api/v1/applications")
        self.answer(200, b"[]" if is_known else b"<html>")


@pytest.fixture
def history_url() -> Iterator[str]:
    with serve(HistoryServer) as url:
        yield url


def test_a_history_server_is_known_by_its_answer(history_url: str) -> None:
    assert not check_history(f"{history_url}/").remedy
    assert "TWEETS_HISTORY_URL" in check_history(f"{history_url}/elsewhere").remedy


def test_missing_jars_fail(tmp_path: Path) -> None:
    assert check_jars(folder=tmp_path).remedy == "fetch them: `python -m stack.jars`"


def test_a_machine_without_local_services_needs_the_jars_of_the_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a jar"
    sha256 = hashlib.sha256(content).hexdigest()
    jars = [Jar(group, "org.example", "a", "1", sha256) for group in ("spark", "kafka")]
    monkeypatch.setattr(machine, "read_jars", lambda: jars)
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
