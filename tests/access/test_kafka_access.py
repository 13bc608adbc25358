from pathlib import Path

import pytest
from certificates import Authority
from pydantic import SecretStr

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.logins import PasswordLogin, TokenLogin
from settings import Settings

SASL = {"kafka_security_protocol": "SASL_SSL", "kafka_username": "tweets"}
TOKENS = {"kafka_sasl_mechanism": "OAUTHBEARER", "kafka_token_url": "https://login.example/token"}
SECRET = "hidden-from-all"


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    return Authority(tmp_path, "authority").sign("tweets")


def read_access(**settings: object) -> KafkaAccess:
    return KafkaAccess.read(Settings(_env_file=None, **settings))


def refuse(**settings: object) -> str:
    with pytest.raises(KafkaAccessError) as refused:
        read_access(**settings)
    assert SECRET not in str(refused.value)
    return str(refused.value)


def test_without_more_than_servers_kafka_is_spoken_to_in_the_clear():
    access = read_access(bootstrap_servers="one:9092, two:9093")
    assert access.client_options() == {
        "bootstrap_servers": ["one:9092", "two:9093"],
        "security_protocol": "PLAINTEXT",
    }
    assert access.spark_options() == {
        "kafka.bootstrap.servers": "one:9092,two:9093",
        "kafka.security.protocol": "PLAINTEXT",
    }


@pytest.mark.parametrize(
    ("mechanism", "module"),
    [
        ("PLAIN", "plain.PlainLoginModule"),
        ("SCRAM-SHA-256", "scram.ScramLoginModule"),
        ("SCRAM-SHA-512", "scram.ScramLoginModule"),
    ],
)
def test_a_password_goes_to_python_and_to_spark(mechanism, module):
    access = read_access(**SASL, kafka_sasl_mechanism=mechanism, kafka_password="secret")
    client, spark = access.client_options(), access.spark_options()
    assert client["security_protocol"] == spark["kafka.security.protocol"] == "SASL_SSL"
    assert client["sasl_mechanism"] == spark["kafka.sasl.mechanism"] == mechanism
    assert (client["sasl_plain_username"], client["sasl_plain_password"]) == ("tweets", "secret")
    assert spark["kafka.sasl.jaas.config"] == (
        f'org.apache.kafka.common.security.{module} required username="tweets" password="secret";'
    )


def test_what_means_something_to_jaas_is_masked():
    login = PasswordLogin("PLAIN", 'a "b"', SecretStr("c\\d; e='f'"))
    assert login.spark_options()["kafka.sasl.jaas.config"].endswith(
        r"""username="a \"b\"" password="c\\d; e='f'";"""
    )


def test_what_means_something_to_scram_is_masked_where_the_client_does_not():
    login = PasswordLogin("SCRAM-SHA-512", "a=b,c", SecretStr("secret"))
    assert login.client_options()["sasl_plain_username"] == "a=3Db=2Cc"
    assert 'username="a=b,c"' in login.spark_options()["kafka.sasl.jaas.config"]


def test_tokens_are_asked_for_by_the_handler_of_java():
    access = read_access(**SASL, **TOKENS, kafka_password="secret", kafka_token_scope="kafka")
    options = access.spark_options()
    assert options["kafka.sasl.oauthbearer.token.endpoint.url"] == "https://login.example/token"
    assert options["kafka.sasl.login.callback.handler.class"].endswith(
        ".OAuthBearerLoginCallbackHandler"
    )
    assert options["kafka.sasl.jaas.config"].endswith(
        'required clientId="tweets" clientSecret="secret" scope="kafka";'
    )


def test_no_secret_is_in_what_is_printed(own_file):
    access = KafkaAccess(
        ("a:1",),
        read_access(kafka_security_protocol="SSL", kafka_certificate_file=own_file).certificates,
        TokenLogin("tweets", SecretStr(SECRET), "https://login.example/token"),
    )
    assert SECRET not in repr(access)
    assert "PRIVATE" not in repr(access)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_file_holds_one_line(ending, tmp_path):
    file = tmp_path / "password"
    file.touch(0o600)
    file.write_bytes(f" with spaces ö {ending}".encode())
    access = read_access(**SASL, kafka_password_file=file)
    assert access.client_options()["sasl_plain_password"] == " with spaces ö "


@pytest.mark.parametrize("content", [b"", b"\n", b"hidden-from-all\nmore", b"\xff", b"\x00"])
def test_what_is_no_password_is_refused_and_not_shown(content, tmp_path):
    file = tmp_path / "password"
    file.touch(0o600)
    file.write_bytes(content)
    said = refuse(**SASL, kafka_password_file=file)
    assert said == (
        f"The password file {file} holds no password, which is one line of text: correct it."
    )


def test_a_password_file_that_others_may_read_is_refused(tmp_path):
    file = tmp_path / "password"
    file.write_text(SECRET)
    file.chmod(0o640)
    assert refuse(**SASL, kafka_password_file=file) == (
        f"The password file {file} is open to others (mode 640): run `chmod 600 {file}`."
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"kafka_username": "tweets"},
            "TWEETS_KAFKA_USERNAME is tweets, but TWEETS_KAFKA_SECURITY_PROTOCOL is PLAINTEXT, "
            "where Kafka is told no name: set that to SASL_SSL, or unset TWEETS_KAFKA_USERNAME.",
        ),
        (
            {"kafka_password": SECRET, "kafka_security_protocol": "SSL"},
            "TWEETS_KAFKA_PASSWORD is **********, but TWEETS_KAFKA_SECURITY_PROTOCOL is SSL, "
            "where Kafka is told no name: set that to SASL_SSL, or unset TWEETS_KAFKA_PASSWORD.",
        ),
        (
            {"kafka_ca_file": "ca.pem"},
            "TWEETS_KAFKA_CA_FILE is ca.pem, but TWEETS_KAFKA_SECURITY_PROTOCOL is PLAINTEXT, "
            "where nobody shows a certificate: set that to SSL or SASL_SSL, or unset "
            "TWEETS_KAFKA_CA_FILE.",
        ),
        (
            SASL | {"kafka_password": SECRET, "kafka_token_scope": "all"},
            "TWEETS_KAFKA_TOKEN_SCOPE is all, but TWEETS_KAFKA_SASL_MECHANISM is SCRAM-SHA-512, "
            "which wants no token: set that to OAUTHBEARER, or unset TWEETS_KAFKA_TOKEN_SCOPE.",
        ),
        (
            {"kafka_security_protocol": "SASL_SSL"},
            "TWEETS_KAFKA_SECURITY_PROTOCOL is SASL_SSL, but there is no account for it: name it "
            "with TWEETS_KAFKA_USERNAME.",
        ),
        (
            SASL,
            "There is no password for the account tweets: put it into a file that only you may "
            "read, and name the file with TWEETS_KAFKA_PASSWORD_FILE.",
        ),
        (
            SASL | {"kafka_password": SECRET, "kafka_sasl_mechanism": "OAUTHBEARER"},
            "TWEETS_KAFKA_SASL_MECHANISM is OAUTHBEARER, but there is nobody to ask for a token: "
            "name the address with TWEETS_KAFKA_TOKEN_URL.",
        ),
        (
            SASL | {"kafka_password_file": "missing"},
            "The password file missing cannot be read (No such file or directory): correct "
            "TWEETS_KAFKA_PASSWORD_FILE.",
        ),
        (
            {"kafka_security_protocol": "SSL", "kafka_ca_file": "missing"},
            "The certificates in missing cannot be read (No such file or directory): correct "
            "TWEETS_KAFKA_CA_FILE.",
        ),
        (
            {"bootstrap_servers": "kafka"},
            "TWEETS_BOOTSTRAP_SERVERS is 'kafka', which is not a list of `host:port` with commas "
            "between: correct it.",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_a_sentence(settings, said):
    assert refuse(**settings) == said
