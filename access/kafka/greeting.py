"""A first word with a broker, which tells at once what clients keep to themselves as they retry."""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.errors import KafkaProtocolError
from kafka.net.sasl import get_sasl_mechanism
from kafka.protocol.metadata import MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.tokens import TokenRefused, TokenUnreachable

_CHUNK_BYTES = 4096
_UNSUPPORTED_MECHANISM = 33
_WRONG_NAME = (62, 64)
"""What OpenSSL says of a certificate for another name, and for another address."""


def greet_kafka(access: KafkaAccess, timeout_seconds: float) -> None:
    """Introduce ourselves to the first broker that answers, as the access says.

    Raises `KafkaAccessError` if that is not how it wants it, `OSError` if none answers, each within
    the timeout, or `TokenUnreachable` at once: without a token there is none for any broker.
    """
    failures = []
    for server in access.servers:
        try:
            _greet_broker(access, server, timeout_seconds)
        except TokenUnreachable:
            raise
        except OSError as error:
            failures.append(error)
        else:
            return
    raise failures[-1]


def _greet_broker(access: KafkaAccess, server: str, timeout_seconds: float) -> None:
    options = access.client_options()
    protocol = access.security_protocol
    try:
        with _connect(server, options.get("ssl_context"), timeout_seconds) as connection:
            conversation = _Conversation(connection, protocol)
            if access.login:
                _prove(conversation, server, access, options)
            else:
                conversation.ask(MetadataRequest(version=1, topics=[]))
    except ssl.SSLEOFError:
        raise ConnectionError(_end(protocol)) from None
    except ssl.SSLError as error:
        raise KafkaAccessError(_explain_ssl(error, server, access)) from None
    except KafkaProtocolError:
        raise KafkaAccessError(
            f"Kafka at {server} does not speak {protocol}: set TWEETS_KAFKA_SECURITY_PROTOCOL to "
            "what that address speaks, or stop what else listens there."
        ) from None
    except TokenRefused as error:
        raise KafkaAccessError(str(error)) from None


@contextmanager
def _connect(
    server: str, context: ssl.SSLContext | None, timeout_seconds: float
) -> Iterator[socket.socket]:
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    with socket.create_connection((host, int(port)), timeout_seconds) as connection:
        if context is None:
            yield connection
        else:
            with context.wrap_socket(connection, server_hostname=host) as secured:
                yield secured


class _Conversation:
    """Questions to a broker over one connection, and its answers."""

    def __init__(self, connection: socket.socket, security_protocol: str) -> None:
        self._connection = connection
        self._security_protocol = security_protocol
        self._protocol = KafkaProtocol(client_id="tweets")

    def ask(self, request: Any) -> Any:
        """Return the answer to a request.

        Raises `ConnectionError` if the broker leaves instead, `KafkaProtocolError` if that is none.
        """
        self._protocol.send_request(request)
        self._connection.sendall(self._protocol.send_bytes())
        while received := self._connection.recv(_CHUNK_BYTES):
            try:
                answers = self._protocol.receive_bytes(received)
            except (struct.error, ValueError) as error:
                raise KafkaProtocolError(str(error)) from None
            for _, answer in answers:
                return answer
        raise ConnectionError(_end(self._security_protocol))


def _prove(
    conversation: _Conversation, server: str, access: KafkaAccess, options: dict[str, Any]
) -> None:
    mechanism = options["sasl_mechanism"]
    offer = conversation.ask(SaslHandshakeRequest(version=1, mechanism=mechanism))
    if offer.error_code == _UNSUPPORTED_MECHANISM:
        raise KafkaAccessError(
            f"Kafka at {server} takes {' or '.join(sorted(offer.mechanisms))}, not {mechanism}: "
            "correct TWEETS_KAFKA_SASL_MECHANISM."
        )
    if offer.error_code:
        raise KafkaAccessError(
            f"Kafka at {server} wants no account, so it does not speak {access.security_protocol}: "
            "correct TWEETS_KAFKA_SECURITY_PROTOCOL or TWEETS_BOOTSTRAP_SERVERS."
        )
    proof = get_sasl_mechanism(mechanism)(host=server, **options)
    while not proof.is_done():
        answer = conversation.ask(SaslAuthenticateRequest(version=1, auth_bytes=proof.auth_bytes()))
        if answer.error_code:
            raise KafkaAccessError(
                f"Kafka at {server} does not accept {access.account} ({answer.error_message}): "
                "correct TWEETS_KAFKA_USERNAME, its password or TWEETS_KAFKA_SASL_MECHANISM."
            )
        proof.receive(answer.auth_bytes)


def _end(security_protocol: str) -> str:
    return f"it ends the connection when spoken to by {security_protocol}"


def _explain_ssl(error: ssl.SSLError, server: str, access: KafkaAccess) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = (
            "call it in TWEETS_BOOTSTRAP_SERVERS as its certificate does"
            if error.verify_code in _WRONG_NAME
            else "name the file of the authorities that signed it with TWEETS_KAFKA_CA_FILE"
        )
        return (
            f"Kafka at {server} shows a certificate that is not trusted "
            f"({error.verify_message.rstrip('.')}): {remedy}."
        )
    if "CERTIFICATE" in error.reason or "UNKNOWN_CA" in error.reason:
        what = "wants a certificate of ours"
        if access.certificates and access.certificates.own:
            what = f"does not accept the certificate in {access.certificates.own.file}"
        return (
            f"Kafka at {server} {what} ({error.reason}): let TWEETS_KAFKA_CERTIFICATE_FILE name "
            "one that it knows."
        )
    return (
        f"Kafka at {server} does not speak {access.security_protocol} as we do ({error.reason}): "
        "correct TWEETS_KAFKA_SECURITY_PROTOCOL or TWEETS_BOOTSTRAP_SERVERS."
    )
