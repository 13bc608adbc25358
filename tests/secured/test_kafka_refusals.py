"""What Kafka does not accept is one sentence, and at once."""

import time

import pytest
from certificates import Authority
from commands import find_free_port
from secured_kafka import HOST, PASSWORD, SecuredKafka

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.certificates import Certificates
from access.kafka.greeting import greet_kafka
from jobs.topic import TopicUnreachable, ask_topic
from producer.__main__ import main
from settings import load_settings

AT_ONCE_SECONDS = 5
WRONG = "wrong"


@pytest.fixture
def refuse(use_settings, capsys):
    """Let the producer fail with the settings of a way and more; return its only sentence."""

    def refuse(way: str, **more: str) -> str:
        use_settings(way, **more)
        begun_at = time.monotonic()
        assert main(["--count", "1"]) == 1
        assert time.monotonic() - begun_at < AT_ONCE_SECONDS
        (said,) = capsys.readouterr().err.splitlines()
        assert WRONG not in said
        assert PASSWORD not in said
        return said

    return refuse


@pytest.mark.parametrize("way", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
def test_a_wrong_password(way, kafka: SecuredKafka, refuse):
    said = refuse(way, kafka_password=WRONG)
    assert said.startswith(f"Kafka at {kafka.sasl} does not accept the account tweets (")
    assert said.endswith(
        "): correct TWEETS_KAFKA_USERNAME, its password or TWEETS_KAFKA_SASL_MECHANISM."
    )


def test_a_wrong_client_secret(oauth, refuse):
    assert refuse("OAUTHBEARER", kafka_password=WRONG).startswith(
        f"{oauth.url} gives no token (HTTP 401, invalid_client, Who are you?): correct "
    )


def test_an_oauth_server_that_is_away_is_blamed_alone_and_asked_once(
    kafka: SecuredKafka, oauth, use_settings, monkeypatch
):
    monkeypatch.setattr(oauth, "answers", [(503, b"busy")] * 2)
    use_settings("OAUTHBEARER", bootstrap_servers=f"{kafka.sasl},{kafka.sasl}")
    access = KafkaAccess.read(load_settings())
    with pytest.raises(TopicUnreachable) as unreachable:
        ask_topic(access, "tweets", "Read")
    assert len(oauth.answers) == 1
    said = str(unreachable.value)
    assert said.startswith(f"{oauth.url} gives no token (HTTP 503")
    assert said.endswith("): start that server, or correct TWEETS_KAFKA_TOKEN_URL.")


def test_a_token_that_has_expired(kafka: SecuredKafka, oauth, refuse, monkeypatch):
    monkeypatch.setattr(oauth, "lifetime_seconds", -60)
    said = refuse("OAUTHBEARER")
    assert said.startswith(f"Kafka at {kafka.sasl} does not accept the account tweets (")


def test_an_unknown_authority(kafka: SecuredKafka, refuse, tmp_path):
    said = refuse("SCRAM-SHA-512", kafka_ca_file=str(Authority(tmp_path, "stranger").file))
    assert said.startswith(f"Kafka at {kafka.sasl} shows a certificate that is not trusted (")
    assert said.endswith(
        "): name the file of the authorities that signed it with TWEETS_KAFKA_CA_FILE."
    )


def test_a_certificate_for_another_name(kafka: SecuredKafka, refuse):
    server = kafka.sasl.replace(HOST, "localhost")
    assert refuse("SCRAM-SHA-512", bootstrap_servers=server) == (
        f"Kafka at {server} shows a certificate that is not trusted (Hostname mismatch, "
        "certificate is not valid for 'localhost'): call it in TWEETS_BOOTSTRAP_SERVERS as its "
        "certificate does."
    )


def test_no_certificate_of_ours(kafka: SecuredKafka, refuse):
    said = refuse("certificate", kafka_certificate_file="")
    assert said.startswith(f"Kafka at {kafka.mutual} wants a certificate of ours (")
    assert said.endswith("): let TWEETS_KAFKA_CERTIFICATE_FILE name one that it knows.")


def test_a_certificate_of_ours_from_an_unknown_authority(kafka: SecuredKafka, refuse, tmp_path):
    file = Authority(tmp_path, "stranger").sign("tweets")
    said = refuse("certificate", kafka_certificate_file=str(file))
    assert said.startswith(f"Kafka at {kafka.mutual} does not accept the certificate in {file} (")


def test_a_mechanism_that_is_not_offered(kafka: SecuredKafka, refuse):
    assert refuse("clear", kafka_sasl_mechanism="PLAIN") == (
        f"Kafka at {kafka.clear} takes SCRAM-SHA-512, not PLAIN: correct "
        "TWEETS_KAFKA_SASL_MECHANISM."
    )


def test_a_listener_that_wants_no_account(kafka: SecuredKafka, refuse):
    assert refuse("clear", bootstrap_servers=kafka.open) == (
        f"Kafka at {kafka.open} wants no account, so it does not speak SASL_PLAINTEXT: correct "
        "TWEETS_KAFKA_SECURITY_PROTOCOL or TWEETS_BOOTSTRAP_SERVERS."
    )


def test_a_listener_that_speaks_ssl(kafka: SecuredKafka, refuse):
    assert refuse("clear", bootstrap_servers=kafka.sasl) == (
        f"Kafka at {kafka.sasl} does not speak SASL_PLAINTEXT: set TWEETS_KAFKA_SECURITY_PROTOCOL "
        "to what that address speaks, or stop what else listens there."
    )


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
def test_a_listener_that_leaves_without_a_word_may_come_back_and_is_described(
    protocol, kafka: SecuredKafka
):
    certificates = Certificates() if protocol == "SSL" else None
    access = KafkaAccess((kafka.clear,), certificates)
    with pytest.raises(TopicUnreachable) as unreachable:
        ask_topic(access, "tweets", "Read")
    assert str(unreachable.value).startswith(
        f"Kafka at {kafka.clear} does not answer (it ends the connection when spoken to by "
        f"{protocol}): "
    )


@pytest.mark.parametrize("rights", [[], ["READ"]])
def test_a_producer_that_may_not_write(rights, kafka: SecuredKafka, topic, refuse):
    kafka.allow("tweets", topic, *rights)
    assert refuse("SCRAM-SHA-512") == (
        f"Kafka at {kafka.sasl} does not let the account tweets write to topic {topic}: ask those "
        "who run it for that right, which docs/kafka-access.md names, or correct TWEETS_TOPIC."
    )


def test_a_topic_that_is_not_there_is_as_one_that_is_hidden(refuse):
    said = refuse("SCRAM-SHA-512", topic="no-such-topic")
    assert "does not let the account tweets write to topic no-such-topic" in said


@pytest.mark.parametrize(("operation", "verb"), [("Describe", "see"), ("Read", "read")])
def test_a_job_that_may_not_read_and_a_proof_that_may_not_see(
    operation, verb, kafka: SecuredKafka, topic, use_settings
):
    if operation == "Read":
        kafka.allow("tweets", topic, "WRITE")
    use_settings("SCRAM-SHA-512")
    with pytest.raises(KafkaAccessError, match=f"let the account tweets {verb} topic {topic}"):
        ask_topic(KafkaAccess.read(load_settings()), topic, operation)


def test_brokers_that_are_away_are_passed_over(kafka: SecuredKafka, use_settings):
    use_settings("SCRAM-SHA-512", bootstrap_servers=f"{HOST}:{find_free_port()},{kafka.sasl}")
    greet_kafka(KafkaAccess.read(load_settings()), AT_ONCE_SECONDS)
