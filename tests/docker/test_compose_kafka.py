"""The brokers of the compose file, configured by the class that Kafka's image itself uses."""

import re
import subprocess
from pathlib import Path

import pytest
from commands import find_free_port, wait_until
from compose_file import read_services
from daemons import build_command, running_daemons, write_hosts
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic

from stack.jars import locate_group
from stack.process import Daemon, stop_services

BROKERS = ("kafka-1", "kafka-2", "kafka-3")
TOPICS = ("tweets", "__consumer_offsets", "__transaction_state")
REPLICATION = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
}


def place_environment(folder: Path, addresses: dict[str, int]) -> dict[str, dict[str, str]]:
    """The environment of each broker, its addresses and folder moved to what is free here."""
    services = read_services()
    placed = {}
    for name in BROKERS:
        environment = {}
        for key, value in services[name]["environment"].items():
            text = value.replace("0.0.0.0", name)
            for address, port in addresses.items():
                text = text.replace(address, f"{address.partition(':')[0]}:{port}")
            environment[key] = text.replace("/var/lib/kafka/data", str(folder / name))
        placed[name] = environment
    return placed


def list_addresses() -> list[str]:
    """Each address of a broker: inside, for controllers, and from the host as it listens there."""
    outside = {name: read_services()[name]["ports"][0].split(":")[1] for name in BROKERS}
    inside = [f"{name}:{port}" for name in BROKERS for port in (19092, 19093)]
    return inside + [f"{name}:{port}" for name, port in outside.items()]


def configure(folder: Path, name: str, environment: dict[str, str]) -> Path:
    """Let the image's own class write the configuration and format the folder."""
    defaults, mounted, final = (folder / name / part for part in ("default", "mounted", "final"))
    for place in (defaults, mounted, final):
        place.mkdir(parents=True)
    for file in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (defaults / file).touch()
    wrapper = build_command(
        folder, f"{name}-setup", locate_group("kafka"), "kafka.docker.KafkaDockerWrapper"
    )
    arguments = ["--default-configs-dir", defaults, "--mounted-configs-dir", mounted]
    arguments += ["--final-configs-dir", final]
    subprocess.run(
        [*wrapper, "setup", *arguments], env=environment, check=True, capture_output=True
    )
    return final / "server.properties"


@pytest.fixture(scope="module")
def brokers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kafka")
    write_hosts(folder, BROKERS)
    addresses = {address: find_free_port() for address in list_addresses()}
    environments = place_environment(folder, addresses)
    daemons = []
    for name in BROKERS:
        # The folder that a volume keeps is the one that is formatted.
        environments[name]["KAFKA_LOG_DIRS"] += "/data"
        outside = find_outside(environments[name]["KAFKA_LISTENERS"])
        environments[name]["KAFKA_ADVERTISED_LISTENERS"] = re.sub(
            r"EXTERNAL://127.0.0.1:\d+",
            f"EXTERNAL://127.0.0.1:{outside}",
            environments[name]["KAFKA_ADVERTISED_LISTENERS"],
        )
        properties = configure(folder, name, environments[name])
        log = folder / f"{name}.log"
        command = build_command(folder, name, locate_group("kafka"), "kafka.Kafka")
        daemons.append(
            Daemon(
                name,
                [*command, str(properties)],
                outside,
                log,
                lambda log=log: log.exists() and b"Kafka Server started" in log.read_bytes(),
            )
        )
    with running_daemons(daemons) as services:
        yield services


def find_outside(listeners: str) -> int:
    match = re.search(r"EXTERNAL://[\w.-]+:(\d+)", listeners)
    return int(match[1])


def test_a_broker_that_serves_is_healthy(brokers):
    for name, service in brokers.items():
        check = read_services()[name]["healthcheck"]["test"][1]
        subprocess.run(check.replace("19092", str(service.port)), shell=True, check=True)


def test_topics_of_share_groups_will_be_as_all_others(brokers):
    """Asked of the brokers, since no client here makes one."""
    admin = KafkaAdminClient(
        bootstrap_servers=[f"127.0.0.1:{service.port}" for service in brokers.values()]
    )
    nodes = [ConfigResource(ConfigResourceType.BROKER, node) for node in "123"]
    for configured in admin.describe_configs(nodes, config_filter="all")["broker"].values():
        assert {name: configured[name]["value"] for name in REPLICATION} == REPLICATION
    admin.close()


@pytest.mark.timeout(300)
def test_topics_have_three_replicas_and_outlive_a_broker(brokers):
    servers = [f"127.0.0.1:{service.port}" for service in brokers.values()]
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic("tweets", 3, -1)])
    transactional = KafkaProducer(bootstrap_servers=servers, transactional_id="t")
    transactional.init_transactions()
    transactional.close()
    consumer = KafkaConsumer("tweets", bootstrap_servers=servers, group_id="g")
    consumer.poll(timeout_ms=5_000)
    wait_until(lambda: set(TOPICS) <= set(admin.list_topics()), 30)
    consumer.close()

    for described in admin.describe_topics(list(TOPICS)):
        for partition in described["partitions"]:
            assert len(partition["replica_nodes"]) == 3, described["name"]
    assert read_min_insync(admin) == dict.fromkeys(TOPICS, "2")
    admin.close()

    stop_services([brokers["kafka-3"]], grace_seconds=0)
    producer = KafkaProducer(bootstrap_servers=servers[:2], acks="all")
    sent = [producer.send("tweets", b"still here") for _ in range(9)]
    assert all(future.get(timeout=60).offset >= 0 for future in sent)
    producer.close()


def read_min_insync(admin: KafkaAdminClient) -> dict[str, str]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in TOPICS]
    found = admin.describe_configs(resources, config_filter="all")
    by_name = {
        name: values for values_by_name in found.values() for name, values in values_by_name.items()
    }
    return {name: by_name[name]["min.insync.replicas"]["value"] for name in TOPICS}
