from pathlib import Path

import pytest
from pydantic import SecretStr

from access.kafka.access import KafkaAccess
from access.kafka.certificates import Certificates, OwnCertificate
from access.kafka.logins import PasswordLogin, TokenLogin

SECRET = "hidden-from-all"


@pytest.mark.parametrize(
    "access",
    [
        KafkaAccess(("a:1",), login=PasswordLogin("PLAIN", "tweets", SecretStr(SECRET))),
        KafkaAccess(("a:1",), login=TokenLogin("tweets", SecretStr(SECRET), "https://a/token")),
        KafkaAccess(
            ("a:1",),
            Certificates(own=OwnCertificate(Path("own.pem"), "chain", SecretStr(SECRET))),
        ),
    ],
    ids=["password", "token", "certificate"],
)
def test_spark_explains_how_kafka_is_read_without_our_secrets(access, spark, capfd):
    # Any streaming source keeps its options in the plan as Kafka's does.
    messages = spark.readStream.format("rate").options(**access.spark_options()).load()
    messages.explain(extended=True)
    explained = capfd.readouterr().out
    assert "kafka.bootstrap.servers=a:1" in explained
    assert SECRET not in explained
