"""How Kafka is reached, and as whom: for clients in Python and for Spark."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from access.kafka.certificates import CertificateError, Certificates, read_certificates
from access.kafka.logins import Login, PasswordLogin, TokenLogin
from access.secret_files import SecretFileError, read_secret
from settings import Settings

_CERTIFICATES = ("kafka_ca_file", "kafka_certificate_file")
_ACCOUNT = ("kafka_username", "kafka_password", "kafka_password_file")
_TOKEN = ("kafka_token_url", "kafka_token_scope")
_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):([0-9]{1,5})")


class KafkaAccessError(Exception):
    """Kafka cannot be spoken to as the settings want it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """The brokers, `host:port`, at least one; with certificates by SSL, with a login by SASL."""

    servers: tuple[str, ...]
    certificates: Certificates | None = None
    login: Login | None = None

    @classmethod
    def read(cls, settings: Settings) -> "KafkaAccess":
        """Read it from the settings and the files they name.

        Raises `KafkaAccessError` if something is missing, useless or contradicts the rest.
        """
        _refuse_useless(settings)
        protocol = settings.kafka_security_protocol
        try:
            return cls(
                _parse_servers(settings.bootstrap_servers),
                read_certificates(settings.kafka_ca_file, settings.kafka_certificate_file)
                if protocol.endswith("SSL")
                else None,
                _read_login(settings) if protocol.startswith("SASL") else None,
            )
        except (CertificateError, SecretFileError) as error:
            raise KafkaAccessError(str(error)) from None

    @property
    def bootstrap_servers(self) -> str:
        """The brokers, separated by commas."""
        return ",".join(self.servers)

    @property
    def security_protocol(self) -> str:
        """Kafka's name for the way it is spoken to."""
        return ("SASL_" if self.login else "") + ("SSL" if self.certificates else "PLAINTEXT")

    @property
    def account(self) -> str:
        """Whom Kafka takes us for, in a sentence."""
        if self.login:
            return f"the account {self.login.username}"
        if self.certificates and self.certificates.own:
            return f"the owner of {self.certificates.own.file}"
        return "strangers"

    def client_options(self) -> dict[str, Any]:
        """Write the options of a client in Python: the arguments of kafka-python's classes."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "security_protocol": self.security_protocol,
        }
        if self.certificates:
            options["ssl_context"] = self.certificates.build_context()
        return options | (self.login.client_options() if self.login else {})

    def spark_options(self) -> dict[str, str]:
        """Write the options of Spark's Kafka source; they hold secrets."""
        return {
            "kafka.bootstrap.servers": self.bootstrap_servers,
            "kafka.security.protocol": self.security_protocol,
            **(self.certificates.spark_options() if self.certificates else {}),
            **(self.login.spark_options() if self.login else {}),
        }


def _parse_servers(text: str) -> tuple[str, ...]:
    servers = tuple(server.strip() for server in text.split(","))
    for server in servers:
        match = _SERVER.fullmatch(server)
        if not match or int(match[2]) > 65535:
            raise KafkaAccessError(
                f"TWEETS_BOOTSTRAP_SERVERS is {text!r}, which is not a list of `host:port` with "
                "commas between: correct it."
            )
    return servers


def _refuse_useless(settings: Settings) -> None:
    protocol, mechanism = settings.kafka_security_protocol, settings.kafka_sasl_mechanism
    spoken = f"TWEETS_KAFKA_SECURITY_PROTOCOL is {protocol}"
    if not protocol.endswith("SSL"):
        why = f"{spoken}, where nobody shows a certificate: set that to SSL or SASL_SSL"
        _refuse_set(settings, _CERTIFICATES, why)
    if not protocol.startswith("SASL"):
        why = f"{spoken}, where Kafka is told no name: set that to SASL_SSL"
        _refuse_set(settings, (*_ACCOUNT, *_TOKEN), why)
    elif mechanism != "OAUTHBEARER":
        why = (
            f"TWEETS_KAFKA_SASL_MECHANISM is {mechanism}, which wants no token: set that to "
            "OAUTHBEARER"
        )
        _refuse_set(settings, _TOKEN, why)


def _refuse_set(settings: Settings, names: tuple[str, ...], why: str) -> None:
    for name in names:
        if (value := getattr(settings, name)) is not None:
            variable = f"TWEETS_{name.upper()}"
            raise KafkaAccessError(f"{variable} is {value}, but {why}, or unset {variable}.")


def _read_login(settings: Settings) -> Login:
    protocol, mechanism = settings.kafka_security_protocol, settings.kafka_sasl_mechanism
    username = settings.kafka_username
    if not username:
        raise KafkaAccessError(
            f"TWEETS_KAFKA_SECURITY_PROTOCOL is {protocol}, but there is no account for it: name "
            "it with TWEETS_KAFKA_USERNAME."
        )
    password = SecretStr(_read_password(settings, username))
    if mechanism != "OAUTHBEARER":
        return PasswordLogin(mechanism, username, password)
    url = settings.kafka_token_url
    if url is None:
        raise KafkaAccessError(
            "TWEETS_KAFKA_SASL_MECHANISM is OAUTHBEARER, but there is nobody to ask for a token: "
            "name the address with TWEETS_KAFKA_TOKEN_URL."
        )
    return TokenLogin(username, password, url, settings.kafka_token_scope)


def _read_password(settings: Settings, username: str) -> str:
    found = read_secret(
        settings.kafka_password,
        settings.kafka_password_file,
        "password",
        "TWEETS_KAFKA_PASSWORD",
    )
    if not found:
        raise KafkaAccessError(
            f"There is no password for the account {username}: put it into a file that only you "
            "may read, and name the file with TWEETS_KAFKA_PASSWORD_FILE."
        )
    password, place = found
    # What else it holds is not shown: it may be most of a secret.
    if not password or not password.isprintable() or "\ufffd" in password:
        raise KafkaAccessError(f"{place} holds no password, which is one line of text: correct it.")
    return password
