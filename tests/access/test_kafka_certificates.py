import re
from pathlib import Path

import pytest
from certificates import Authority

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.certificates import Certificates
from settings import Settings


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"), "authority")


@pytest.fixture(scope="module")
def own_file(authority: Authority) -> Path:
    return authority.sign("tweets")


def read_access(**settings: object) -> KafkaAccess:
    return KafkaAccess.read(Settings(_env_file=None, **settings))


def refuse(**settings: object) -> str:
    with pytest.raises(KafkaAccessError) as refused:
        read_access(**settings)
    return str(refused.value)


def test_certificates_go_to_spark_as_texts_without_what_stands_between(authority, own_file):
    ca_file = own_file.with_name("commented.pem")
    ca_file.write_text(f"# Our own\n{authority.file.read_text()}\nand again\n")
    access = read_access(
        kafka_security_protocol="SSL", kafka_ca_file=ca_file, kafka_certificate_file=own_file
    )
    options = access.spark_options()
    chain, key = re.split("(?=-----BEGIN PRIVATE KEY)", own_file.read_text())
    assert options["kafka.ssl.truststore.type"] == options["kafka.ssl.keystore.type"] == "PEM"
    assert options["kafka.ssl.truststore.certificates"] == authority.file.read_text()
    assert options["kafka.ssl.keystore.certificate.chain"] == chain
    assert options["kafka.ssl.keystore.key"] == key
    assert len(access.client_options()["ssl_context"].get_ca_certs()) == 1


def test_without_authorities_those_of_the_machine_are_trusted():
    access = read_access(kafka_security_protocol="SSL")
    assert access.certificates == Certificates()
    assert not any("truststore" in name for name in access.spark_options())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("no certificate", "it holds none"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "those it holds are"),
        ("-----BEGIN CERTIFICATE-----\nAéAA\n-----END CERTIFICATE-----\n", "it holds none"),
        (b"-----BEGIN CERTIFICATE-----\nA\xffAA\n-----END CERTIFICATE-----\n", "it holds none"),
    ],
)
def test_a_file_without_authorities_is_refused(content, reason, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = refuse(kafka_security_protocol="SSL", kafka_ca_file=file)
    assert said.startswith(f"{file} does not hold the certificates of authorities ({reason}")
    assert said.endswith(": let TWEETS_KAFKA_CA_FILE name a PEM file of them.")


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_a_key_that_spark_could_not_read_is_refused(kind, own_file, tmp_path):
    file = tmp_path / "own.pem"
    file.touch(0o600)
    file.write_text(own_file.read_text().replace("PRIVATE KEY", kind))
    said = refuse(kafka_security_protocol="SSL", kafka_certificate_file=file)
    assert said.startswith(f"{file} holds no key in PKCS #8 without a password (")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("PRIVATE KEY", "holds no key in PKCS #8"), ("CERTIFICATE", "holds no certificate with")],
)
def test_a_certificate_or_key_with_other_bytes_in_it_is_refused(kind, said, own_file, tmp_path):
    file = tmp_path / "own.pem"
    file.touch(0o600)
    begin = f"-----BEGIN {kind}-----\n".encode()
    file.write_bytes(own_file.read_bytes().replace(begin, begin + b"\xff\xc3\xa9"))
    assert said in refuse(kafka_security_protocol="SSL", kafka_certificate_file=file)


def test_a_key_of_another_certificate_is_refused(authority, own_file, tmp_path):
    file = tmp_path / "own.pem"
    file.touch(0o600)
    other = authority.sign("other").read_text()
    file.write_text(
        own_file.read_text().partition("-----BEGIN PRIVATE")[0]
        + "".join(other.partition("-----BEGIN PRIVATE")[1:])
    )
    said = refuse(kafka_security_protocol="SSL", kafka_certificate_file=file)
    assert said.startswith(f"{file} holds no certificate with its key (KEY_VALUES_MISMATCH): ")
