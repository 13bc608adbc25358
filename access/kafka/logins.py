"""How we prove to Kafka who we are: by a password, or by a token that an OAuth server gives us."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from access.kafka.tokens import TokenSource

_SECURITY = "org.apache.kafka.common.security"


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """A name and a password, proved by `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`."""

    mechanism: str
    username: str
    password: SecretStr

    def client_options(self) -> dict[str, Any]:
        """Write the options of a client in Python."""
        name = self.username
        if self.mechanism != "PLAIN":
            # What separates the parts of a SCRAM message; this client does not mask it itself.
            name = name.replace("=", "=3D").replace(",", "=2C")
        return {
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": name,
            "sasl_plain_password": self.password.get_secret_value(),
        }

    def spark_options(self) -> dict[str, str]:
        """Write the options of Spark's Kafka source."""
        module = "plain.PlainLoginModule" if self.mechanism == "PLAIN" else "scram.ScramLoginModule"
        password = self.password.get_secret_value()
        return {
            "kafka.sasl.mechanism": self.mechanism,
            "kafka.sasl.jaas.config": _write_jaas(
                module, {"username": self.username, "password": password}
            ),
        }


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A client of an OAuth server, which gives it tokens for Kafka (client credentials)."""

    client_id: str
    client_secret: SecretStr
    url: str
    scope: str | None = None

    mechanism = "OAUTHBEARER"

    @property
    def username(self) -> str:
        """The name by which sentences call us."""
        return self.client_id

    def client_options(self) -> dict[str, Any]:
        """Write the options of a client in Python."""
        source = TokenSource(
            self.url, self.client_id, self.client_secret.get_secret_value(), self.scope
        )
        return {"sasl_mechanism": self.mechanism, "sasl_oauth_token_provider": source}

    def spark_options(self) -> dict[str, str]:
        """Write the options of Spark's Kafka source.

        Its JVMs ask the URL only if their `org.apache.kafka.sasl.oauthbearer.allowed.urls` names
        it.
        """
        parameters = {
            "clientId": self.client_id,
            "clientSecret": self.client_secret.get_secret_value(),
        }
        if self.scope:
            parameters["scope"] = self.scope
        return {
            "kafka.sasl.mechanism": self.mechanism,
            "kafka.sasl.jaas.config": _write_jaas("oauthbearer.OAuthBearerLoginModule", parameters),
            "kafka.sasl.login.callback.handler.class": (
                f"{_SECURITY}.oauthbearer.OAuthBearerLoginCallbackHandler"
            ),
            "kafka.sasl.oauthbearer.token.endpoint.url": self.url,
        }


Login = PasswordLogin | TokenLogin


def _write_jaas(module: str, parameters: dict[str, str]) -> str:
    written = " ".join(f"{name}={_quote(value)}" for name, value in parameters.items())
    return f"{_SECURITY}.{module} required {written};"


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
