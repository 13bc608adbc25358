"""What is judged of a topic of others, and which commands are handed on."""

from typing import Any

import pytest

from access.kafka.access import KafkaAccess
from stack.external.topic import (
    SHOWN_SETTINGS,
    judge_in_sync,
    judge_policy,
    judge_replication,
    judge_retention,
    judge_rights,
    judge_settings,
    judge_stamps,
    judge_state,
)
from stack.topics import choose_replication, choose_settings, write_create_command

ACCESS = KafkaAccess(("kafka-1:9092", "kafka-2:9092"))
DAY_MS = 86_400_000


def describe(error_code: int = 0, **changed: Any) -> dict[str, Any]:
    partition = {"leader_id": 1, "isr_nodes": [1, 2, 3], "replica_nodes": [1, 2, 3]}
    return {"error_code": error_code, "partitions": [partition | changed]}


@pytest.mark.parametrize(
    ("described", "detail", "remedy"),
    [
        (describe(), "all replicas in sync", ""),
        (describe(error_code=3), "does not exist", "python -m stack prepare"),
        (describe(error_code=29), "may not be seen by us", "kafka-acls.sh"),
        (describe(leader_id=-1), "without a leader", "ask those who run it"),
        (describe(isr_nodes=[1]), "not in sync", "ask those who run it"),
    ],
)
def test_a_topic_must_be_there_for_us_and_whole(
    described: dict[str, Any], detail: str, remedy: str
) -> None:
    finding = judge_state(ACCESS, "tweets", described)
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
    ("replication", "in_sync", "problem"),
    [
        (3, 2, ""),
        (5, 2, ""),
        (5, 4, ""),
        (1, 1, ""),
        (3, 3, "nothing can be delivered"),
        (3, 1, "may be lost"),
    ],
)
def test_one_broker_may_be_away_without_a_loss(
    replication: int, in_sync: int, problem: str
) -> None:
    finding = judge_in_sync(ACCESS, "tweets", replication, in_sync)
    assert problem in finding.detail
    assert bool(finding.remedy) is bool(problem)


def test_the_broker_shall_stamp_messages() -> None:
    assert not judge_stamps(ACCESS, "tweets", "LogAppendTime").remedy
    remedy = judge_stamps(ACCESS, "tweets", "CreateTime").remedy
    assert remedy == (
        "ask for: kafka-configs.sh --bootstrap-server kafka-1:9092,kafka-2:9092 --alter "
        "--topic tweets --add-config message.timestamp.type=LogAppendTime"
    )


@pytest.mark.parametrize(
    ("kept_ms", "detail", "is_well"),
    [
        (7 * DAY_MS, "7 days", True),
        (-1, "for ever", True),
        (DAY_MS // 2, "0.5 days", False),
    ],
)
def test_messages_are_kept_while_the_job_is_away(kept_ms: int, detail: str, is_well: bool) -> None:
    finding = judge_retention(ACCESS, "tweets", kept_ms)
    assert detail in finding.detail
    assert bool(finding.remedy) is not is_well


def test_no_message_vanishes_from_between_others() -> None:
    assert not judge_policy(ACCESS, "tweets", "delete").remedy
    finding = judge_policy(ACCESS, "tweets", "compact")
    assert "messages in between may vanish" in finding.detail
    assert finding.remedy.endswith("--add-config cleanup.policy=delete")


@pytest.mark.parametrize(
    ("told", "judged", "hidden"),
    [
        ({}, [], list(SHOWN_SETTINGS)),
        (
            {"retention.ms": "-1", "min.insync.replicas": None},
            ["retention"],
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
