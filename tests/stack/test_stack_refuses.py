"""What keeps the stack from starting is one sentence, and nothing is left running or broken."""

import socket
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from stack_command import StackCommand

from settings import Settings
from stack import services
from stack.errors import StackError
from stack.lock import hold_lock
from stack.ports import HOST, pick_free_ports
from stack.process import Daemon, ServiceProcess, log_option
from stack.state import StackState, locate_folders, read_state, write_state

DiskUsage = namedtuple("DiskUsage", "total used free")


@pytest.fixture(autouse=True)
def _nothing_is_left_running(command: StackCommand) -> Iterator[None]:
    yield
    assert command.find_processes() == []


def make_file(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_a_taken_port(command: StackCommand) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        said = command.fail("up", TWEETS_WEBHDFS_URL=f"http://127.0.0.1:{port}")
    assert f"Port {port} is taken" in said
    assert "TWEETS_WEBHDFS_URL" in said
    assert not (command.folder / "kafka").exists()


def test_a_broker_folder_without_its_properties(command: StackCommand) -> None:
    message = make_file(command.folder / "kafka" / "broker-1" / "tweets-0" / "0.log", "a message")
    said = command.fail("up", "--free-ports")
    assert f"{command.folder}/kafka/broker-1 is no whole folder" in said
    assert message.read_text() == "a message"


def test_a_namenode_folder_without_its_version(command: StackCommand) -> None:
    image = make_file(command.folder / "hdfs" / "namenode" / "current" / "fsimage", "names")
    said = command.fail("up", "--free-ports")
    assert f"{command.folder}/hdfs/namenode is no whole folder" in said
    assert image.read_text() == "names"


@pytest.mark.parametrize("verb", ["up", "down", "status"])
def test_a_corrupt_state(command: StackCommand, verb: str) -> None:
    state = make_file(command.folder / "state.json", '{"ports": {')
    assert f"{state} cannot be understood" in command.fail(verb)
    assert state.read_text() == '{"ports": {'


@pytest.mark.parametrize(("existing", "asked"), [(1, 3), (3, 1)])
def test_the_messages_of_another_number_of_brokers(
    command: StackCommand, existing: int, asked: int
) -> None:
    for number in range(1, existing + 1):
        make_file(command.folder / "kafka" / f"broker-{number}" / "meta.properties")
    said = command.fail("up", "--free-ports", "--brokers", str(asked))
    assert f"messages of {existing} broker(s), not of {asked}" in said


def test_a_second_command_at_the_same_time(command: StackCommand) -> None:
    with hold_lock(command.folder / "lock", wait=False):
        assert "Another `python -m stack` is at work" in command.fail("up", "--free-ports")


def test_a_local_directory_that_is_none(command: StackCommand, tmp_path: Path) -> None:
    file = make_file(tmp_path / "sub" / "file")
    said = command.fail("up", "--free-ports", TWEETS_LOCAL_DIR=str(file))
    assert "cannot be used" in said
    assert "TWEETS_LOCAL_DIR" in said


def test_too_little_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.shutil, "disk_usage", lambda _: DiskUsage(10**12, 10**12, 10**9))
    settings = Settings(_env_file=None, local_dir=tmp_path)
    with pytest.raises(StackError, match=r"Only 1\.0 GB are free.*TWEETS_LOCAL_DIR"):
        services.start_stack(settings, free_ports=True)


def test_a_spark_that_does_not_start_is_no_part_of_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = locate_folders(tmp_path)
    folders.logs.mkdir(parents=True)
    broker = ServiceProcess("kafka-1", 4711, 1, folders.logs / "kafka-1.log")
    kept = StackState(pick_free_ports(1), True, "tweets", folders.hadoop_conf, [broker])
    write_state(folders, kept)
    log = folders.logs / "spark-master.log"
    ends = Daemon("spark-master", [sys.executable, "-c", "", log_option(log)], 2, log, log.exists)
    monkeypatch.setattr(services, "find_process", lambda service: service)
    monkeypatch.setattr(services, "_prepare", lambda *_: [ends])
    with pytest.raises(StackError, match="spark-master"):
        services.start_stack(Settings(_env_file=None, local_dir=tmp_path), workers=2)
    assert read_state(tmp_path) == kept


def test_a_setting_that_cannot_be_read(command: StackCommand) -> None:
    result = command.run("up", TWEETS_TOPIC_PARTITIONS="none")
    assert result.returncode == 2
    assert "TWEETS_TOPIC_PARTITIONS" in result.stderr
