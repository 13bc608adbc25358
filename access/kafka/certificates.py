"""The certificates of a Kafka that is spoken to by SSL: whom we trust, and who we are."""

import re
import ssl
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from access.secret_files import SecretFileError, read_secret_file

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]*-----END \1-----")
_CERTIFICATE = "CERTIFICATE"
_KEY = "PRIVATE KEY"


class CertificateError(Exception):
    """A file that does not hold what it should; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Our certificate with those that lead to its authority, and its key, as PEM texts."""

    file: Path
    chain: str
    key: SecretStr


@dataclass(frozen=True, slots=True)
class Certificates:
    """The authorities that we trust as one PEM text, unset those of the machine; our own."""

    authorities: str | None = None
    own: OwnCertificate | None = None

    def build_context(self) -> ssl.SSLContext:
        """Build the context by which Python opens a connection."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.authorities:
            context.load_verify_locations(cadata=self.authorities)
        else:
            context.load_default_certs()
        if self.own:
            context.load_cert_chain(self.own.file)
        return context

    def spark_options(self) -> dict[str, str]:
        """Write the options of Spark's Kafka source, all inline: executors have none of our files.

        Without authorities, Java's own are trusted.
        """
        options = {}
        if self.authorities:
            options["kafka.ssl.truststore.type"] = "PEM"
            options["kafka.ssl.truststore.certificates"] = self.authorities
        if self.own:
            options["kafka.ssl.keystore.type"] = "PEM"
            options["kafka.ssl.keystore.certificate.chain"] = self.own.chain
            options["kafka.ssl.keystore.key"] = self.own.key.get_secret_value()
        return options


def read_certificates(ca_file: Path | None, certificate_file: Path | None) -> Certificates:
    """Read the files of the settings; `CertificateError` if one does not hold what it should."""
    return Certificates(
        _read_authorities(ca_file) if ca_file else None,
        _read_own(certificate_file) if certificate_file else None,
    )


def _read_authorities(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CertificateError(
            f"The certificates in {file} cannot be read ({error.strerror}): correct "
            "TWEETS_KAFKA_CA_FILE."
        ) from None
    authorities = _find_blocks(content, _CERTIFICATE)
    try:
        Certificates(authorities).build_context()
    except ssl.SSLError as error:
        authorities = ""
        reason = f"those it holds are damaged: {error.reason}"
    else:
        reason = "it holds none"
    if not authorities:
        raise CertificateError(
            f"{file} does not hold the certificates of authorities ({reason}): let "
            "TWEETS_KAFKA_CA_FILE name a PEM file of them."
        )
    return authorities


def _read_own(file: Path) -> OwnCertificate:
    try:
        content = read_secret_file(file, "certificate file", "TWEETS_KAFKA_CERTIFICATE_FILE")
    except SecretFileError as error:
        raise CertificateError(str(error)) from None
    own = OwnCertificate(
        file, _find_blocks(content, _CERTIFICATE), SecretStr(_find_blocks(content, _KEY))
    )
    if not own.key:
        # Spark reads no other form, and Python would ask a terminal for the password of a key.
        raise CertificateError(
            f"{file} holds no key in PKCS #8 without a password (BEGIN PRIVATE KEY): write it by "
            "`openssl pkcs8 -topk8 -nocrypt`, below the certificate."
        )
    try:
        Certificates(own=own).build_context()
    except ssl.SSLError as error:
        raise CertificateError(
            f"{file} holds no certificate with its key ({error.reason}): let "
            "TWEETS_KAFKA_CERTIFICATE_FILE name a PEM file of our certificate, of those that lead "
            "to its authority, and of its key."
        ) from None
    return own


def _find_blocks(content: bytes, kind: str) -> str:
    found = (match for match in _BLOCK.finditer(content) if match[1].decode() == kind)
    return "".join(f"{match[0].decode()}\n" for match in found)
