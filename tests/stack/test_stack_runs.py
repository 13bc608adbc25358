"""A stack that runs, looked at from outside; it is shared, so nothing here changes it."""

import re
from pathlib import Path
from typing import Protocol

import psutil
import pytest
from stack_command import StackCommand


class Stack(Protocol):
    """What we use of the stack that all tests share."""

    env: dict[str, str]


@pytest.fixture
def running(stack: Stack) -> StackCommand:
    return StackCommand(Path(stack.env["TWEETS_LOCAL_DIR"]), stack.env)


def test_the_status_names_every_service_and_address(running: StackCommand) -> None:
    status = running.status()
    assert status["running"]
    names = [service["name"] for service in status["services"]]
    assert names == ["kafka-1", "namenode", "datanode-1", "datanode-2", "datanode-3"]
    assert all(service["rss_bytes"] > 50e6 for service in status["services"])
    assert {"bootstrap_servers", "hdfs_url", "webhdfs_url", "hadoop_conf_dir", "topic"} <= set(
        status
    )


def test_every_process_listens_on_loopback_only(running: StackCommand) -> None:
    for service in running.status()["services"]:
        process = psutil.Process(service["pid"])
        listening = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
        assert listening
        assert {one.laddr.ip for one in listening} <= {"127.0.0.1", "::ffff:127.0.0.1"}


def test_up_says_that_it_is_running_and_changes_nothing(running: StackCommand) -> None:
    before = running.status()["services"]
    assert "already running" in running.up()
    after = running.status()["services"]
    assert [service["pid"] for service in after] == [service["pid"] for service in before]


def test_the_doctor_finds_all_well(running: StackCommand, tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "card.json").write_text("{}")
    (tmp_path / "current").write_text("v1\n")
    result = running.run("doctor", TWEETS_MODEL_ROOT=str(tmp_path))
    assert result.returncode == 0, result.stdout
    assert "3 to which we were sent are reached" in result.stdout


def test_the_doctor_tells_settings_that_lead_elsewhere(running: StackCommand) -> None:
    result = running.run("doctor", TWEETS_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert result.returncode == 1
    used = running.status()["bootstrap_servers"]
    assert f"TWEETS_BOOTSTRAP_SERVERS={used}" in result.stdout
    assert re.search(r"FAIL broker 127.0.0.1:1 +does not answer \(.+\) -> start it", result.stdout)
