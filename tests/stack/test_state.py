import json
from dataclasses import replace
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.ports import Ports
from stack.process import ServiceProcess
from stack.state import StackState, locate_folders, read_state, write_state


def make_state(tmp_path: Path) -> StackState:
    ports = Ports([1, 2, 3], [4, 5, 6], 7, 8, [[9, 10, 11], [12, 13, 14], [15, 16, 17]])
    services = [ServiceProcess("kafka-1", 4711, 1, tmp_path / "kafka-1.log")]
    return StackState(ports, True, "tweets", tmp_path / "hadoop-conf", services)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folders = locate_folders(tmp_path)
    folders.root.mkdir()
    state = make_state(tmp_path)
    write_state(folders, state)
    assert read_state(tmp_path) == state
    assert list(folders.root.iterdir()) == [folders.state]


def test_the_addresses_are_those_that_clients_use(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    assert state.bootstrap_servers == "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3"
    assert state.hdfs_url == "hdfs://127.0.0.1:7"
    assert state.webhdfs_url == "http://127.0.0.1:8"


def test_a_spark_master_has_an_address_where_there_is_one(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    assert (state.spark_master, state.spark_url) == (None, None)
    ports = replace(state.ports, spark=[[17, 18], [19, 20]])
    state = replace(state, ports=ports)
    assert (state.spark_master, state.spark_url) == ("spark://127.0.0.1:17", "http://127.0.0.1:18")


def test_a_state_that_was_written_without_spark_is_read(tmp_path: Path) -> None:
    folders = locate_folders(tmp_path)
    folders.root.mkdir()
    write_state(folders, make_state(tmp_path))
    kept = json.loads(folders.state.read_text())
    del kept["ports"]["spark"]
    folders.state.write_text(json.dumps(kept))
    assert read_state(tmp_path) == make_state(tmp_path)


def test_where_nothing_was_started_there_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"ports": {"brokers": []}}', "\x00"])
def test_a_state_that_cannot_be_understood_is_named_with_the_remedy(
    tmp_path: Path, text: str
) -> None:
    folders = locate_folders(tmp_path)
    folders.root.mkdir()
    folders.state.write_text(text)
    with pytest.raises(StackError, match=rf"{folders.state} cannot be understood.* delete this"):
        read_state(tmp_path)
