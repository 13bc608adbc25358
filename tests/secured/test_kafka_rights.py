"""Nobody needs more rights than docs/kafka-access.md names."""

import re
from uuid import uuid4

import pytest
from commands import ROOT
from secured_kafka import SecuredKafka

from access.kafka.access import KafkaAccess
from jobs.topic import ask_topic
from producer.__main__ import main
from producer.spool.delivered import settle_delivered
from producer.spool.spool import Spool
from producer.timer import Timer
from settings import load_settings
from stack.prepare import prepare_topic

RIGHTS = {
    who.strip(): re.findall(r"`(\w+)`", operations)
    for who, operations in re.findall(
        r"^\| ([^|]+) \| ((?:`\w+`(?:, )?)+) \|$",
        (ROOT / "docs/kafka-access.md").read_text(),
        re.MULTILINE,
    )
}


@pytest.fixture
def give_rights(kafka: SecuredKafka, use_settings):
    """Enter by SCRAM, with what somebody needs and nothing else; return the access."""

    def give(who: str, topic: str) -> KafkaAccess:
        kafka.allow("tweets", topic, *(operation.upper() for operation in RIGHTS[who]))
        use_settings("SCRAM-SHA-512")
        return KafkaAccess.read(load_settings())

    return give


def test_the_producer(topic, give_rights, capsys):
    give_rights("producer", topic)
    assert main(["--rate", "100", "--count", "5"]) == 0
    assert capsys.readouterr().out.endswith("delivered 5, failed 0\n")


def test_the_producer_of_a_live_source(topic, give_rights, tmp_path):
    access = give_rights("producer of a live source", topic)
    spool = Spool(tmp_path, 32 << 20, print)
    settle_delivered(spool, access, topic, Timer(), print)
    spool.close()
    assert main(["--rate", "100", "--count", "5"]) == 0


def test_the_job(topic, give_rights):
    # That Spark can go on from here, test_secured_job.py proves with the same right.
    assert RIGHTS["job"] == ["Read"]
    assert ask_topic(give_rights("job", topic), topic, "Read").name == topic


def test_the_proof(topic, give_rights):
    access = give_rights("`python -m jobs.verify --topic`", topic)
    assert ask_topic(access, topic, "Describe").name == topic


def test_the_preparation(give_rights):
    name = f"tweets-{uuid4().hex[:8]}"
    finding = prepare_topic(give_rights("`python -m stack prepare`", name), name, 3)
    assert finding.detail.startswith("created with 3 partitions")
