import pytest
from secured_kafka import SecuredKafka

from access.kafka.access import KafkaAccess
from access.kafka.consumer import read_topic
from access.kafka.topic import describe_topic
from producer.__main__ import main
from settings import load_settings

WAYS = ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN", "OAUTHBEARER", "clear", "certificate"]
PRODUCE = ["--rate", "1000", "--count", "20"]


@pytest.mark.parametrize("way", WAYS)
def test_messages_are_delivered_and_read_by(way, kafka: SecuredKafka, topic, use_settings, capsys):
    kafka.allow("CN=tweets" if way == "certificate" else "tweets", topic, "READ", "WRITE")
    use_settings(way)
    assert main(PRODUCE) == 0
    assert capsys.readouterr().out.endswith("delivered 20, failed 0\n")
    access = KafkaAccess.read(load_settings())
    described = describe_topic(access, topic)
    messages = read_topic(access, described, described.earliest_offsets)
    assert len(list(filter(None, messages))) == 20
