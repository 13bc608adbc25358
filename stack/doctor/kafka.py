"""Whether Kafka serves us: brokers under each of their names, the topic, and our rights on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.admin import open_admin
from access.kafka.greeting import greet_kafka
from access.kafka.tokens import TokenUnreachable
from stack.doctor.findings import Finding, Remedies
from stack.topics import (
    RIGHTS,
    choose_replication,
    write_rights_command,
    write_setting_command,
)

TIMEOUT_SECONDS = 5.0
LISTENER = (
    "all messages go there: it needs advertised.listeners that this machine reaches, or give that "
    "name the right address here (DNS, /etc/hosts)"
)
SETTINGS = ("min.insync.replicas", "message.timestamp.type", "retention.ms", "cleanup.policy")
LEAST_RETENTION = timedelta(days=1)
GOOD_RETENTION_MS = 7 * 86_400_000
USED_BY = {
    "DESCRIBE": "describe",
    "READ": "read, for the job",
    "WRITE": "write, for the producer",
}


def check_kafka(access: KafkaAccess, topic: str, remedies: Remedies) -> Iterator[Finding]:
    """Check each broker as we name it and as it names itself, then the topic and our rights."""
    answering = []
    for server in access.servers:
        try:
            finding = check_greeting(access, server, remedies)
        except TokenUnreachable as error:
            yield Finding.quote("OAuth server", error)
            return
        yield finding
        if not finding.remedy:
            answering.append(server)
    if not answering:
        yield Finding(f"topic {topic}", "cannot be seen without a broker", "see the brokers above")
        return
    try:
        with open_admin(replace(access, servers=tuple(answering)), TIMEOUT_SECONDS) as admin:
            brokers = admin.describe_cluster()["brokers"]
            for broker in brokers:
                advertised = f"{broker['host']}:{broker['port']}"
                if advertised not in access.servers:
                    yield check_listener(access, advertised, remedies)
            yield from check_topic(admin, access, topic, len(brokers), remedies)
    except (KafkaAccessError, KafkaError, OSError) as error:
        yield Finding(f"topic {topic}", f"cannot be asked for ({error})", remedies.cluster)


def check_greeting(access: KafkaAccess, server: str, remedies: Remedies) -> Finding:
    """Check that a broker answers, and takes us as we come; `TokenUnreachable` may come of it."""
    what = f"broker {server}"
    try:
        greet_kafka(replace(access, servers=(server,)), TIMEOUT_SECONDS)
    except KafkaAccessError as error:
        return Finding.quote(what, str(error).removeprefix(f"Kafka at {server} "))
    except TokenUnreachable:
        raise
    except OSError as error:
        return Finding(what, f"does not answer ({error.strerror or error})", remedies.broker)
    as_whom = f", takes us as {access.login.username}" if access.login else ""
    return Finding(what, f"answers by {access.security_protocol}{as_whom}")


def check_listener(access: KafkaAccess, advertised: str, remedies: Remedies) -> Finding:
    """Check that a broker is reached where it sends its clients to."""
    greeted = check_greeting(access, advertised, remedies)
    what = f"listener {advertised}"
    if not greeted.remedy:
        return Finding(what, greeted.detail)
    return Finding(what, f"is what a broker calls itself, but: {greeted.detail}", LISTENER)


def check_topic(
    admin: KafkaAdminClient,
    access: KafkaAccess,
    topic: str,
    broker_count: int,
    remedies: Remedies,
) -> Iterator[Finding]:
    """Ask for the topic, and judge its state, its settings and our rights; changes nothing."""
    [described] = admin.describe_topics([topic])
    yield judge_topic(access, topic, described, remedies)
    if described["error_code"]:
        return
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    told = admin.describe_configs([resource], config_filter="all")["topic"].get(topic, {})
    replication = min(len(one["replica_nodes"]) for one in described["partitions"])
    yield judge_replication(replication, broker_count)
    settings = {name: setting["value"] for name, setting in told.items()}
    yield from judge_settings(access, topic, replication, settings)
    yield judge_rights(access, topic, described["authorized_operations"])


def judge_topic(
    access: KafkaAccess, topic: str, described: Mapping[str, Any], remedies: Remedies
) -> Finding:
    """Judge whether the topic is there for us, with a leader and all replicas in sync."""
    what, partitions = f"topic {topic}", described["partitions"]
    if described["error_code"] == TopicAuthorizationFailedError.errno:
        command = write_rights_command(access, topic)
        return Finding(what, "may not be seen by us", f"ask those who run it for: {command}")
    if described["error_code"]:
        return Finding(what, "does not exist", remedies.topic)
    if any(one["leader_id"] < 0 for one in partitions):
        return Finding(what, "has partitions without a leader", remedies.replicas)
    if any(len(one["isr_nodes"]) < len(one["replica_nodes"]) for one in partitions):
        return Finding(what, "has replicas that are not in sync", remedies.replicas)
    return Finding(what, f"{len(partitions)} partitions, all replicas in sync")


def judge_replication(replication: int, broker_count: int) -> Finding:
    """Judge how many brokers hold each message."""
    wanted = choose_replication(broker_count)
    detail = f"{replication} of each partition on {broker_count} broker(s)"
    remedy = (
        f"ask those who run it for {wanted} (kafka-reassign-partitions.sh): with {replication}, a "
        "broken disk may lose tweets"
    )
    return Finding("replicas", detail, remedy if replication < wanted else "")


def judge_settings(
    access: KafkaAccess, topic: str, replication: int, told: Mapping[str, str | None]
) -> Iterator[Finding]:
    """Judge the settings that Kafka tells, and name the others to ask for."""
    for name in SETTINGS:
        if value := told.get(name):
            detail, wanted = judge_setting(name, value, replication)
            command = write_setting_command(access, topic, name, wanted)
            yield Finding(name, detail, f"ask for: {command}" if wanted else "")
    if hidden := [name for name in SETTINGS if not told.get(name)]:
        yield Finding("settings", f"are not shown to us, so ask for them: {', '.join(hidden)}")


def judge_setting(name: str, value: str, replication: int) -> tuple[str, str]:
    """Say what one of the settings means for us, and the value to ask for if it needs another."""
    if name == "min.insync.replicas":
        return _judge_in_sync(int(value), replication)
    if name == "retention.ms":
        return _judge_retention(int(value))
    wanted, problem = {
        "message.timestamp.type": ("LogAppendTime", "`received_at` is what a sender claims"),
        "cleanup.policy": ("delete", "messages in between may vanish"),
    }[name]
    return (f"is {value}", "") if value == wanted else (f"is {value}: {problem}", wanted)


def _judge_in_sync(in_sync: int, replication: int) -> tuple[str, str]:
    wanted = max(1, replication - 1)
    if in_sync == wanted or (in_sync == 2 and replication > 2):
        return f"is {in_sync}", ""
    problem = (
        "nothing can be delivered while one broker is away"
        if in_sync > wanted
        else "a message that counts as delivered may be lost with one broker"
    )
    return f"is {in_sync} of {replication}: {problem}", str(wanted)


def _judge_retention(kept_ms: int) -> tuple[str, str]:
    if kept_ms < 0:
        return "messages are kept for ever", ""
    kept = timedelta(milliseconds=kept_ms)
    detail = f"{kept / timedelta(days=1):.3g} days, which the job may be away at most"
    return detail, "" if kept >= LEAST_RETENTION else str(GOOD_RETENTION_MS)


def judge_rights(access: KafkaAccess, topic: str, allowed: list[str] | None) -> Finding:
    """Judge what Kafka says that we may do."""
    what = f"rights on {topic}"
    if allowed is None:
        return Finding(what, "are not told by this Kafka: what is refused will be said then")
    missing = [right for right in RIGHTS if right not in allowed]
    if missing:
        command = write_rights_command(access, topic)
        detail = f"lack {' and '.join(USED_BY[right] for right in missing)}"
        remedy = f"unless this account is not for that, ask those who run it for: {command}"
        return Finding(what, detail, remedy)
    return Finding(what, ", ".join(right.lower() for right in RIGHTS))
