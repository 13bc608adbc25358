"""Kafka brokers: their folders, configuration, commands and topic."""

import base64
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from kafka.errors import KafkaError

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.admin import open_admin
from stack import topics
from stack.errors import StackError
from stack.jars import locate_group
from stack.ports import HOST, Ports
from stack.process import Daemon, build_java_command, run_once
from stack.state import StackFolders

JAVA_OPTIONS = ("-Xmx384m",)
BROKER = "kafka.Kafka"
STORAGE_TOOL = "kafka.tools.StorageTool"
STARTED = b"Kafka Server started"


def count_formatted(folders: StackFolders) -> int:
    """Count the brokers that have a folder, 0 before the first start.

    Raises `StackError` if one of them is not whole.
    """
    if not folders.kafka.exists():
        return 0
    brokers = sorted(folders.kafka.glob("broker-*"))
    for broker in brokers or [folders.kafka]:
        if not (broker / "meta.properties").is_file():
            raise StackError(
                f"{broker} is no whole folder of a broker, its meta.properties is missing: put it "
                f"back, or delete {folders.kafka} to start anew without the messages."
            )
    return len(brokers)


def format_brokers(java: Path, folders: StackFolders, ports: Ports) -> None:
    """Make the folders of all brokers, under one new cluster id, in one step."""
    cluster_id = base64.urlsafe_b64encode(uuid4().bytes).decode().strip("=").replace("-", "_")
    fresh = folders.kafka.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()

    def format_broker(number: int) -> None:
        properties = fresh / f"{number}.properties"
        _write_properties(properties, build_properties(ports, number, fresh / f"broker-{number}"))
        command = _build_command(java, folders, f"kafka-format-{number}", STORAGE_TOOL)
        arguments = ["format", "-t", cluster_id, "-c", str(properties)]
        run_once([*command, *arguments], f"Formatting the folder of broker {number}")
        properties.unlink()

    with ThreadPoolExecutor() as pool:
        list(pool.map(format_broker, number_brokers(ports)))
    fresh.replace(folders.kafka)


def number_brokers(ports: Ports) -> range:
    """List the ids of the brokers."""
    return range(1, len(ports.brokers) + 1)


def build_broker(java: Path, folders: StackFolders, ports: Ports, number: int) -> Daemon:
    """Write a broker's configuration and say how to run it."""
    properties = folders.configuration / f"kafka-{number}.properties"
    _write_properties(
        properties, build_properties(ports, number, folders.kafka / f"broker-{number}")
    )
    name = f"kafka-{number}"
    log = folders.logs / f"{name}.log"
    return Daemon(
        name=name,
        command=[*_build_command(java, folders, name, BROKER), str(properties)],
        port=ports.brokers[number - 1],
        log=log,
        is_ready=lambda: log.exists() and STARTED in log.read_bytes(),
    )


def build_properties(ports: Ports, number: int, folder: Path) -> dict[str, object]:
    """Build the configuration of a broker that is its own controller."""
    broker, controller = ports.brokers[number - 1], ports.controllers[number - 1]
    voters = [f"{i}@{HOST}:{ports.controllers[i - 1]}" for i in number_brokers(ports)]
    replication = topics.choose_replication(len(ports.brokers))
    in_sync = max(1, replication - 1)
    return {
        "process.roles": "broker,controller",
        "node.id": number,
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "listeners": f"PLAINTEXT://{HOST}:{broker},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{broker}",
        "log.dirs": folder,
        "auto.create.topics.enable": "false",
        "default.replication.factor": replication,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": replication,
        "offsets.topic.num.partitions": 3,
        "transaction.state.log.replication.factor": replication,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": replication,
        "share.coordinator.state.topic.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": 3,
        # Sized for a laptop: the default buffer alone is a third of the heap.
        "log.cleaner.dedupe.buffer.size": 16 << 20,
        "log.segment.bytes": 128 << 20,
    }


def create_topic(access: KafkaAccess, topic: str, partitions: int, replication: int) -> bool:
    """Create the topic of the tweets if there is none, stamped by the broker; say if it was new."""
    try:
        with open_admin(access) as admin:
            return topics.create_topic(admin, topic, partitions, replication)
    except (KafkaAccessError, KafkaError, OSError) as error:
        raise StackError(f"The topic {topic} could not be created: {error}") from None


def _build_command(java: Path, folders: StackFolders, name: str, main_class: str) -> list[str]:
    options = (*JAVA_OPTIONS, f"-Djava.io.tmpdir={folders.temporary}")
    log = folders.logs / f"{name}.log"
    return build_java_command(java, log, options, locate_group("kafka"), main_class)


def _write_properties(path: Path, properties: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
