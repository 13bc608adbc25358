"""Whether the topic of others serves us: its settings, and what we may do with it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import TopicAuthorizationFailedError

from access.kafka.access import KafkaAccess
from stack.machine_checks import Finding
from stack.service_checks import describe_trouble
from stack.topics import (
    RIGHTS,
    choose_replication,
    write_rights_command,
    write_settings_command,
)

USED_BY = {
    "DESCRIBE": "describe",
    "READ": "read, for the job",
    "WRITE": "write, for the producer",
}
LEAST_RETENTION = timedelta(days=1)
SHOWN_SETTINGS = ("min.insync.replicas", "message.timestamp.type", "retention.ms", "cleanup.policy")


def check_topic(
    admin: KafkaAdminClient, access: KafkaAccess, topic: str, broker_count: int
) -> Iterator[Finding]:
    """Ask for the topic, and judge its state, its settings and our rights; changes nothing."""
    [described] = admin.describe_topics([topic])
    finding = judge_state(access, topic, described)
    yield finding
    if described["error_code"]:
        return
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    told = admin.describe_configs([resource], config_filter="all")["topic"].get(topic, {})
    replication = min(len(one["replica_nodes"]) for one in described["partitions"])
    yield judge_replication(replication, broker_count)
    settings = {name: setting["value"] for name, setting in told.items()}
    yield from judge_settings(access, topic, replication, settings)
    yield judge_rights(access, topic, described["authorized_operations"])


def judge_state(access: KafkaAccess, topic: str, described: Mapping[str, Any]) -> Finding:
    """Judge whether the topic is there for us, with a leader and all replicas in sync."""
    what, partitions = f"topic {topic}", described["partitions"]
    if described["error_code"] == TopicAuthorizationFailedError.errno:
        command = write_rights_command(access, topic)
        return Finding(what, "may not be seen by us", f"ask those who run it for: {command}")
    trouble = describe_trouble(described)
    if trouble == "does not exist":
        remedy = "`python -m stack prepare` creates it, or says what to ask for"
        return Finding(what, trouble, remedy)
    if trouble:
        return Finding(what, trouble, "ask those who run it about the broker that is missing")
    return Finding(what, f"{len(partitions)} partitions, all replicas in sync")


def judge_replication(replication: int, broker_count: int) -> Finding:
    """Judge how many brokers hold each message."""
    wanted = choose_replication(broker_count)
    detail = f"{replication} of each partition on {broker_count} broker(s)"
    if replication < wanted:
        remedy = (
            f"ask those who run it for {wanted} (kafka-reassign-partitions.sh): with "
            f"{replication}, a broken disk may lose tweets"
        )
        return Finding("replicas", detail, remedy)
    return Finding("replicas", detail)


def judge_settings(
    access: KafkaAccess, topic: str, replication: int, told: Mapping[str, str | None]
) -> Iterator[Finding]:
    """Judge the settings that Kafka tells, and name the others to ask for."""
    if in_sync := told.get("min.insync.replicas"):
        yield judge_in_sync(access, topic, replication, int(in_sync))
    if stamped_by := told.get("message.timestamp.type"):
        yield judge_stamps(access, topic, stamped_by)
    if kept_ms := told.get("retention.ms"):
        yield judge_retention(access, topic, int(kept_ms))
    if policy := told.get("cleanup.policy"):
        yield judge_policy(access, topic, policy)
    if hidden := [name for name in SHOWN_SETTINGS if not told.get(name)]:
        yield Finding("settings", f"are not shown to us, so ask for them: {', '.join(hidden)}")


def judge_in_sync(access: KafkaAccess, topic: str, replication: int, in_sync: int) -> Finding:
    """Judge how many of them must have a message before it counts as delivered."""
    what, wanted = "min.insync.replicas", max(1, replication - 1)
    if in_sync == wanted or (in_sync == 2 and replication > 2):
        return Finding(what, f"is {in_sync}")
    command = write_settings_command(access, topic, min_insync_replicas=str(wanted))
    problem = (
        "nothing can be delivered while one broker is away"
        if in_sync > wanted
        else "a message that counts as delivered may be lost with one broker"
    )
    return Finding(what, f"is {in_sync} of {replication}: {problem}", f"ask for: {command}")


def judge_stamps(access: KafkaAccess, topic: str, stamped_by: str) -> Finding:
    """Judge whose clock tells when a message was received."""
    what = "message.timestamp.type"
    if stamped_by == "LogAppendTime":
        return Finding(what, "is LogAppendTime: `received_at` is the broker's")
    command = write_settings_command(access, topic, message_timestamp_type="LogAppendTime")
    return Finding(
        what, f"is {stamped_by}: `received_at` is what a sender claims", f"ask for: {command}"
    )


def judge_policy(access: KafkaAccess, topic: str, policy: str) -> Finding:
    """Judge that no message is left out while those around it are kept."""
    what = "cleanup.policy"
    if policy == "delete":
        return Finding(what, "is delete")
    command = write_settings_command(access, topic, cleanup_policy="delete")
    return Finding(what, f"is {policy}: messages in between may vanish", f"ask for: {command}")


def judge_retention(access: KafkaAccess, topic: str, kept_ms: int) -> Finding:
    """Judge how long messages are kept."""
    what = "retention"
    if kept_ms < 0:
        return Finding(what, "messages are kept for ever")
    kept = timedelta(milliseconds=kept_ms)
    detail = f"{kept.total_seconds() / 86400:.3g} days, which the job may be away at most"
    if kept < LEAST_RETENTION:
        command = write_settings_command(access, topic, retention_ms=str(7 * 86_400_000))
        return Finding(what, detail, f"ask for: {command}")
    return Finding(what, detail)


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
