"""Stacks that crash, stop and start again."""

import re

import hdfs
import psutil
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from stack_command import StackCommand

PARTITIONS = [TopicPartition("tweets", number) for number in range(3)]


def send_message(command: StackCommand, message: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=command.status()["bootstrap_servers"].split(","))
    try:
        producer.send("tweets", message).get(timeout=30)
    finally:
        producer.close(timeout=10)


def read_messages(command: StackCommand) -> list[bytes]:
    servers = command.status()["bootstrap_servers"].split(",")
    consumer = KafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest")
    try:
        consumer.assign(PARTITIONS)
        messages: list[bytes] = []
        while len(messages) < sum(consumer.end_offsets(PARTITIONS).values()):
            for records in consumer.poll(timeout_ms=1000).values():
                messages += [record.value for record in records]
        return messages
    finally:
        consumer.close()


def open_hdfs(command: StackCommand) -> hdfs.InsecureClient:
    user = psutil.Process().username()
    return hdfs.InsecureClient(command.status()["webhdfs_url"], user=user, timeout=(1, 20))


def kill_service(command: StackCommand, name: str) -> None:
    [service] = [one for one in command.status()["services"] if one["name"] == name]
    process = psutil.Process(service["pid"])
    process.kill()
    process.wait()


def list_pids(command: StackCommand) -> dict[str, int]:
    return {service["name"]: service["pid"] for service in command.status()["services"]}


def test_after_a_crash_it_stops_starts_again_and_has_its_data(command: StackCommand) -> None:
    command.up()
    addresses = {**command.status(), "services": None}
    send_message(command, b"kept")
    open_hdfs(command).write("/tweets/kept", b"kept too", replication=3)

    kill_service(command, "kafka-1")
    kill_service(command, "datanode-2")
    assert command.run("status").returncode == 1
    assert "kafka-1, datanode-2 ended" in command.run("doctor").stdout
    stopped = command.run("down")
    assert stopped.returncode == 0, stopped.stderr
    assert command.find_processes() == []

    command.up()
    assert {**command.status(), "services": None} == addresses
    assert read_messages(command) == [b"kept"]
    with open_hdfs(command).read("/tweets/kept") as reader:
        assert reader.read() == b"kept too"

    before = list_pids(command)
    kill_service(command, "datanode-3")
    command.up()
    after = list_pids(command)
    assert [name for name in before if before[name] != after[name]] == ["datanode-3"]
    assert command.status()["spark_master"] is None

    command.up("--workers", "1")
    joined = list_pids(command)
    assert list(joined) == [*after, "spark-master", "spark-worker-1"]
    assert joined.items() > after.items()
    kill_service(command, "spark-worker-1")
    command.up()
    assert list(list_pids(command)) == list(joined)
    assert "with 1 worker(s), not with 2" in command.fail("up", "--workers", "2")

    stopped = command.run("down").stdout
    assert re.findall("Stopping (.*) …", stopped) == ["Spark", "Kafka", "HDFS"]
    assert command.find_processes() == []
    assert "Neither Kafka nor HDFS" in command.run("down").stdout


def test_a_daemon_that_ends_while_starting_takes_the_others_with_it(command: StackCommand) -> None:
    version = command.folder / "hdfs" / "namenode" / "current" / "VERSION"
    version.parent.mkdir(parents=True)
    version.write_text("half a li")
    said = command.fail("up", "--free-ports")
    assert "namenode ended while starting" in said
    assert command.find_processes() == []
    assert version.read_text() == "half a li"
