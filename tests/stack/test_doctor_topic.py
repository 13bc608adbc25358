"""What the doctor finds at the topic, and which commands are handed on."""

from typing import Any

import pytest

from access.kafka.access import KafkaAccess
from stack.doctor.findings import OTHERS, OURS
from stack.doctor.kafka import (
    SETTINGS,
    judge_replication,
    judge_rights,
    judge_setting,
    judge_settings,
    judge_topic,
)
from stack.topics import choose_replication, choose_settings, write_create_command

ACCESS = KafkaAccess(("kafka-1:9092", "kafka-2:9092"))
DAY_MS = 86_400_000


def describe(error_code: int = 0, **changed: Any) -> dict[str, Any]:
    partition = {"leader_id": 1, "isr_nodes": [1, 2, 3], "replica_nodes": [1, 2, 3]}
    return {"error_code": error_code, "partitions": [partition | changed]}


@pytest.mark.parametrize(
    ("described", "detail", "ours", "others"),
    [
        (describe(), "all replicas in sync", "", ""),
        (describe(error_code=3), "does not exist", "stack up", "stack prepare"),
        (describe(error_code=29), "may not be seen by us", "kafka-acls.sh", "kafka-acls.sh"),
        (describe(leader_id=-1), "without a leader", "start the missing", "ask those who run it"),
        (describe(isr_nodes=[1]), "not in sync", "start the missing", "ask those who run it"),
    ],
)
def test_a_topic_must_be_there_for_us_and_whole(
    described: dict[str, Any], detail: str, ours: str, others: str
) -> None:
    for remedies, remedy in ((OURS, ours), (OTHERS, others)):
        finding = judge_topic(ACCESS, "tweets", described, remedies)
        assert detail in finding.detail
        assert remedy in finding.remedy
        assert bool(finding.remedy) is bool(remedy)


@pytest.mark.parametrize(
    ("replication", "brokers", "is_well"), [(3, 9, True), (1, 1, True), (2, 3, False)]
)
def test_three_brokers_hold_each_message_where_there_are_three(
    replication: int, brokers: int, is_well: bool
) -> None:
    assert bool(judge_replication(replication, brokers).remedy) is not is_well


@pytest.mark.parametrize(
    ("name", "value", "detail", "wanted"),
    [
        ("min.insync.replicas", "2", "is 2", ""),
        ("min.insync.replicas", "3", "nothing can be delivered", "2"),
        ("min.insync.replicas", "1", "may be lost", "2"),
        ("message.timestamp.type", "LogAppendTime", "is LogAppendTime", ""),
        ("message.timestamp.type", "CreateTime", "what a sender claims", "LogAppendTime"),
        ("retention.ms", str(7 * DAY_MS), "7 days", ""),
        ("retention.ms", "-1", "for ever", ""),
        ("retention.ms", str(DAY_MS // 2), "0.5 days", str(7 * DAY_MS)),
        ("cleanup.policy", "delete", "is delete", ""),
        ("cleanup.policy", "compact", "messages in between may vanish", "delete"),
    ],
)
def test_a_setting_that_may_lose_or_misdate_tweets_needs_another_value(
    name: str, value: str, detail: str, wanted: str
) -> None:
    said, asked_for = judge_setting(name, value, replication=3)
    assert detail in said
    assert asked_for == wanted


@pytest.mark.parametrize(("replication", "in_sync"), [(5, "2"), (5, "4"), (1, "1")])
def test_one_broker_may_be_away_without_a_loss(replication: int, in_sync: str) -> None:
    assert judge_setting("min.insync.replicas", in_sync, replication) == (f"is {in_sync}", "")


def test_another_value_is_asked_for_by_a_command() -> None:
    told = {"message.timestamp.type": "CreateTime"}
    assert next(judge_settings(ACCESS, "tweets", 3, told)).remedy == (
        "ask for: kafka-configs.sh --bootstrap-server kafka-1:9092,kafka-2:9092 --alter "
        "--topic tweets --add-config message.timestamp.type=LogAppendTime"
    )


@pytest.mark.parametrize(
    ("told", "judged", "hidden"),
    [
        ({}, [], list(SETTINGS)),
        (
            {"retention.ms": "-1", "min.insync.replicas": None},
            ["retention.ms"],
            ["min.insync.replicas", "message.timestamp.type", "cleanup.policy"],
        ),
        (
            {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
            ["message.timestamp.type", "cleanup.policy"],
            ["min.insync.replicas", "retention.ms"],
        ),
    ],
)
def test_settings_that_kafka_does_not_tell_are_named_to_ask_for(
    told: dict[str, str | None], judged: list[str], hidden: list[str]
) -> None:
    *findings, rest = judge_settings(ACCESS, "tweets", 3, told)
    assert [finding.what for finding in findings] == judged
    assert rest.detail == f"are not shown to us, so ask for them: {', '.join(hidden)}"
    assert not rest.remedy


def test_nothing_is_to_be_asked_for_where_all_settings_are_told() -> None:
    told = {**choose_settings(3), "retention.ms": "-1", "cleanup.policy": "delete"}
    assert "settings" not in [one.what for one in judge_settings(ACCESS, "tweets", 3, told)]


def test_rights_that_lack_are_named_with_the_command_that_gives_them() -> None:
    assert not judge_rights(ACCESS, "tweets", ["DESCRIBE", "READ", "WRITE", "ALTER"]).remedy
    finding = judge_rights(ACCESS, "tweets", ["DESCRIBE", "READ"])
    assert finding.detail == "lack write, for the producer"
    assert "--operation Read --operation Write --topic tweets" in finding.remedy
    assert not judge_rights(ACCESS, "tweets", None).remedy


@pytest.mark.parametrize(("brokers", "replication"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_a_topic_gets_three_replicas_or_one_on_each_broker(brokers: int, replication: int) -> None:
    assert choose_replication(brokers) == replication


def test_the_command_that_creates_the_topic_is_the_whole_of_it() -> None:
    assert choose_settings(1)["min.insync.replicas"] == "1"
    assert write_create_command(ACCESS, "tweets", 6, 3) == (
        "kafka-topics.sh --bootstrap-server kafka-1:9092,kafka-2:9092 --create --topic tweets "
        "--partitions 6 --replication-factor 3 --config message.timestamp.type=LogAppendTime "
        "--config min.insync.replicas=2"
    )
