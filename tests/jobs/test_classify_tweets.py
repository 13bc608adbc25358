"""What ends the job is one sentence, and an exit code that is not 0."""

import pytest

from access.kafka.access import KafkaAccessError
from jobs import classify_tweets
from jobs.lease import LeaseLost
from jobs.supervisor import GaveUp
from jobs.topic import TopicUnusable


@pytest.mark.parametrize("error", [KafkaAccessError, LeaseLost, TopicUnusable, GaveUp])
def test_what_no_restart_can_mend_is_said_in_a_sentence(error, monkeypatch, capsys):
    def fail(*_: object) -> None:
        raise error("Kafka does not let us read topic tweets: ask those who run it.")

    monkeypatch.setattr("sys.argv", ["classify_tweets.py"])
    monkeypatch.setattr(classify_tweets, "require_model", lambda _: None)
    monkeypatch.setattr(classify_tweets, "run_job", fail)
    assert classify_tweets.main() == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "Kafka does not let us read topic tweets: ask those who run it.\n",
    )
