"""The settings for each way into the broker that demands accounts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from secured_kafka import PASSWORD, SecuredKafka
from stub_oauth import StubOAuth

UseSettings = Callable[..., None]


@pytest.fixture(scope="session")
def oauth(kafka: SecuredKafka) -> Iterator[StubOAuth]:
    """An OAuth server that the broker trusts and that knows the client `tweets`."""
    with StubOAuth({"tweets": PASSWORD}, kafka.token_key.sign) as oauth:
        yield oauth


@pytest.fixture(scope="session")
def certificate(kafka: SecuredKafka) -> Path:
    """A certificate and its key that the broker trusts."""
    return kafka.authority.sign("tweets")


@pytest.fixture
def use_settings(
    kafka: SecuredKafka,
    oauth: StubOAuth,
    certificate: Path,
    topic: str,
    monkeypatch: pytest.MonkeyPatch,
) -> UseSettings:
    """Set what a mechanism, or `clear` (SCRAM), `certificate` or `open` takes, and more."""
    trust = {"kafka_ca_file": str(kafka.authority.file)}
    account = {"kafka_username": "tweets", "kafka_password": PASSWORD}
    by_certificate = trust | {
        "bootstrap_servers": kafka.mutual,
        "kafka_security_protocol": "SSL",
        "kafka_certificate_file": str(certificate),
    }
    in_the_clear = account | {
        "bootstrap_servers": kafka.clear,
        "kafka_security_protocol": "SASL_PLAINTEXT",
    }

    def use(way: str, **more: str) -> None:
        by_mechanism = trust | account
        by_mechanism |= {
            "bootstrap_servers": kafka.sasl,
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": way,
        }
        if way == "OAUTHBEARER":
            by_mechanism |= {"kafka_token_url": oauth.url, "kafka_token_scope": "kafka"}
        known = {
            "certificate": by_certificate,
            "clear": in_the_clear,
            "open": {"bootstrap_servers": kafka.open},
        }
        for name, value in (known.get(way, by_mechanism) | more).items():
            monkeypatch.setenv(f"TWEETS_{name.upper()}", value)

    return use


@pytest.fixture
def topic(kafka: SecuredKafka, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic with which nobody may do anything yet; the settings name it."""
    name = kafka.create_topic()
    monkeypatch.setenv("TWEETS_TOPIC", name)
    return name
