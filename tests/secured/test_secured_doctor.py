"""What the doctor and `prepare` say of a Kafka that demands accounts and grants rights."""

from collections.abc import Callable

from commands import find_free_port
from secured_kafka import SecuredKafka

from access.kafka.access import KafkaAccess
from settings import Settings
from stack.doctor.findings import OTHERS, Finding
from stack.doctor.kafka import check_kafka
from stack.prepare import prepare_topic


def examine(topic: str) -> dict[str, Finding]:
    findings = check_kafka(KafkaAccess.read(Settings()), topic, OTHERS)
    return {finding.what.partition(" ")[0]: finding for finding in findings}


def test_with_account_and_rights_all_is_well(
    kafka: SecuredKafka, topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512")
    kafka.allow("tweets", topic, "READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS")
    found = examine(topic)
    assert not [finding for finding in found.values() if finding.remedy]
    assert found["broker"].detail == "answers by SASL_SSL, takes us as tweets"
    assert "LogAppendTime" in found["message.timestamp.type"].detail
    assert found["rights"].detail == "describe, read, write"


def test_settings_that_we_may_not_see_are_no_failure(
    kafka: SecuredKafka, topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512")
    kafka.allow("tweets", topic, "READ", "WRITE")
    assert "not shown to us" in examine(topic)["settings"].detail


def test_why_a_broker_does_not_want_us_is_told(
    topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512", kafka_password="wrong")
    found = examine(topic)
    assert found["broker"].detail.startswith("does not accept the account tweets (")
    assert "TWEETS_KAFKA_USERNAME" in found["broker"].remedy
    assert found["topic"].remedy == "see the brokers above"


def test_an_oauth_server_that_is_away_is_told_once(
    kafka: SecuredKafka, use_settings: Callable[..., None]
) -> None:
    token_url = f"http://127.0.0.1:{find_free_port()}/token"
    servers = f"{kafka.sasl},{kafka.sasl}"
    use_settings("OAUTHBEARER", kafka_token_url=token_url, bootstrap_servers=servers)
    [finding] = check_kafka(KafkaAccess.read(Settings()), "tweets", OTHERS)
    assert finding.what == "OAuth server"
    assert finding.detail.startswith(f"{token_url} gives no token (")
    assert "TWEETS_KAFKA_TOKEN_URL" in finding.remedy


def test_a_topic_that_we_may_not_see_is_asked_for_by_a_command(
    topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512")
    finding = examine(topic)["topic"]
    assert finding.detail == "may not be seen by us"
    assert "--allow-principal 'User:tweets'" in finding.remedy
    assert f"--operation Write --topic {topic}" in finding.remedy


def test_the_right_that_lacks_is_named(
    kafka: SecuredKafka, topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512")
    kafka.allow("tweets", topic, "READ")
    assert examine(topic)["rights"].detail == "lack write, for the producer"


def test_who_may_not_create_the_topic_gets_the_commands_to_hand_on(
    topic: str, use_settings: Callable[..., None]
) -> None:
    use_settings("SCRAM-SHA-512")
    finding = prepare_topic(KafkaAccess.read(Settings()), topic, 6)
    assert "kafka-topics.sh" in finding.remedy
    assert "--partitions 6 --replication-factor 1" in finding.remedy
    assert "--command-config" in finding.remedy
    assert "kafka-acls.sh" in finding.remedy
