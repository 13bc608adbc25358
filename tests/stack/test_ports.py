import socket

import pytest

from settings import Settings
from stack.errors import StackError
from stack.ports import (
    HOST,
    Ports,
    add_spark,
    check_free,
    is_free,
    pick_free_ports,
    plan_ports,
)


def make_settings(**changes: str) -> Settings:
    return Settings(_env_file=None, **changes)


def list_all(ports: Ports) -> list[int]:
    return [port for port, _ in ports.name_all()]


def test_the_ports_follow_the_settings() -> None:
    ports = plan_ports(
        make_settings(
            bootstrap_servers="127.0.0.1:7000,127.0.0.1:7001",
            data_root="hdfs://localhost:7100/tweets",
            webhdfs_url="http://127.0.0.1:7200",
        ),
        brokers=3,
    )
    assert ports.brokers == [7000, 7001, 7002]
    assert (ports.namenode, ports.webhdfs) == (7100, 7200)
    assert len(set(list_all(ports))) == 3 + 3 + 2 + 9


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("bootstrap_servers", "kafka.example.com:9092"),
        ("bootstrap_servers", "127.0.0.1"),
        ("bootstrap_servers", "127.0.0.1:many"),
        ("data_root", "file:///tmp/tweets"),
        ("webhdfs_url", "https://127.0.0.1:9870"),
    ],
)
def test_an_address_that_cannot_be_ours_is_named(setting: str, value: str) -> None:
    with pytest.raises(StackError, match=f"TWEETS_{setting.upper()} is '{value}'"):
        plan_ports(make_settings(**{setting: value}), brokers=1)


def test_two_services_on_one_port_are_named() -> None:
    settings = make_settings(webhdfs_url="http://127.0.0.1:9092")
    with pytest.raises(StackError, match=r"9092 .* TWEETS_BOOTSTRAP_SERVERS and by TWEETS_WEBHDFS"):
        plan_ports(settings, brokers=1)


def test_a_port_beyond_the_last_is_named() -> None:
    settings = make_settings(bootstrap_servers="127.0.0.1:65000")
    with pytest.raises(StackError, match="TWEETS_BOOTSTRAP_SERVERS leads to port 66000"):
        plan_ports(settings, brokers=1)


def test_free_ports_are_free_and_distinct() -> None:
    ports = list_all(pick_free_ports(brokers=3))
    assert len(set(ports)) == len(ports) == 17
    assert all(is_free(port) for port in ports)


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]
        ports = plan_ports(make_settings(webhdfs_url=f"http://127.0.0.1:{taken}"), brokers=1)
        with pytest.raises(StackError, match=rf"{taken} is taken .* TWEETS_WEBHDFS_URL"):
            check_free([(ports.webhdfs, "TWEETS_WEBHDFS_URL")])


def test_a_stack_has_no_ports_of_spark_unless_they_are_added() -> None:
    ports = plan_ports(make_settings(), brokers=1)
    assert ports.spark == []
    assert add_spark(ports, workers=2, free_ports=False).spark == [
        [7077, 8080],
        [7078, 8081],
        [7079, 8082],
    ]


def test_free_ports_of_spark_are_free_and_distinct_from_the_rest() -> None:
    ports = list_all(add_spark(pick_free_ports(brokers=3), workers=2, free_ports=True))
    assert len(set(ports)) == len(ports) == 17 + 6
    assert all(is_free(port) for port in ports)


def test_a_service_on_a_port_of_spark_is_named() -> None:
    ports = plan_ports(make_settings(webhdfs_url="http://127.0.0.1:8080"), brokers=1)
    with pytest.raises(StackError, match=r"8080 would be used twice, by .* and by Spark"):
        add_spark(ports, workers=1, free_ports=False)


def test_no_setting_is_offered_to_move_a_taken_port_of_spark() -> None:
    with socket.create_server((HOST, 0)) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(StackError, match=rf"{taken} is taken .*: stop that, or use --free-por"):
            check_free([(taken, "Spark")])
