"""What the producer says while it waits for those without whom there is no Kafka."""

import pytest
from fake_timer import FakeTimer

from access.kafka.access import KafkaAccess
from access.kafka.tokens import TokenUnreachable
from producer import connection
from producer.connection import await_producer
from producer.publish import PublishError

AWAY = "http://login/ gives no token (refused): start that server, or correct TOKEN_URL."


@pytest.mark.parametrize(
    ("error", "said", "last"),
    [
        (
            TokenUnreachable(AWAY),
            "http://login/ gives no token (refused), giving up in 1 s",
            AWAY,
        ),
        (
            ConnectionError("refused"),
            "Kafka at kafka:9092 does not answer (refused), giving up in 1 s",
            "Kafka at kafka:9092 did not answer for 1 s (refused): start it with "
            "`python -m stack up`, or correct TWEETS_BOOTSTRAP_SERVERS.",
        ),
    ],
)
def test_whoever_is_away_is_named(
    error: OSError, said: str, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(connection, "open_producer", fail)
    reports: list[str] = []
    with pytest.raises(PublishError) as given_up:
        await_producer(KafkaAccess(("kafka:9092",)), "tweets", FakeTimer(), 1, reports.append)
    assert reports[0] == said
    assert str(given_up.value) == last
