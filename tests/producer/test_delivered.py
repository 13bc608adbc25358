import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_timer import FakeTimer
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from secured_kafka import SecuredKafka
from spooling import append_all, list_pending, make_received, open_spool, start_spooling, take
from topic_reader import TopicReader
from whole_path import new_topic

from access.kafka.access import KafkaAccess
from access.kafka.consumer import TopicSilent, read_topic
from access.kafka.topic import describe_topic
from producer.message import Message
from producer.publish import PublishError
from producer.sources.live import Received
from producer.spool import delivered
from producer.spool.delivered import settle_delivered
from producer.spool.spool import Spool


class Settling:
    """A spool beside a topic, again and again left as a kill leaves it."""

    def __init__(self, folder: Path, kafka: SecuredKafka, topic: str) -> None:
        self.servers, self.topic = kafka.open, topic
        self.kafka = KafkaAccess((self.servers,))
        self.said: list[str] = []
        self._folder = folder
        self._producer = KafkaProducer(bootstrap_servers=self.servers)
        self.spool = self._start()

    def deliver(self, messages: list[Message]) -> None:
        """Send messages of which the spool shall not learn that Kafka has them."""
        for future in [self._producer.send(self.topic, m.value, m.key) for m in messages]:
            future.get(10)

    def restart(self, topic: str | None = None) -> None:
        """Give up the spool without saving, and start as a producer does."""
        self.spool.close()
        self.topic = topic or self.topic
        self.spool = self._start()

    def close(self) -> None:
        self.spool.close()
        self._producer.close()

    def _start(self) -> Spool:
        self.said.clear()
        spool = open_spool(self._folder, said=self.said)
        settle_delivered(spool, self.kafka, self.topic, FakeTimer(), self.said.append)
        return spool


@pytest.fixture
def settling(tmp_path: Path, kafka: SecuredKafka, topic: str) -> Iterator[Settling]:
    """A new spool, and an empty topic."""
    settling = Settling(tmp_path / "spool", kafka, topic)
    yield settling
    settling.close()


def test_what_was_delivered_before_a_kill_is_not_sent_again(settling: Settling) -> None:
    append_all(settling.spool, range(100))
    messages = take(settling.spool)
    settling.deliver(messages[:60] + messages[70:75])
    settling.restart()
    assert list_pending(settling.spool) == [*range(60, 70), *range(75, 100)]
    assert settling.said == [
        f"The spool holds 100 messages of earlier runs: 65 are in topic {settling.topic} already, "
        "35 are sent now."
    ]


def test_what_was_found_is_found_again_after_another_kill(settling: Settling) -> None:
    append_all(settling.spool, range(100))
    settling.deliver(take(settling.spool)[50:])
    settling.restart()
    settling.deliver(take(settling.spool)[:20])
    settling.restart()
    assert list_pending(settling.spool) == list(range(20, 50))


def test_of_equal_messages_as_many_are_sent_as_the_topic_lacks(settling: Settling) -> None:
    for _ in range(5):
        settling.spool.append(Received(b"7", b"the same"))
    settling.spool.append(Received(b"77", b"he same"))
    settling.deliver(take(settling.spool)[:2])
    settling.restart()
    assert list_pending(settling.spool) == [7, 7, 7, 77]


def test_what_was_never_sent_is_not_taken_for_older_messages_that_are_alike(
    settling: Settling,
) -> None:
    settling.deliver([Message(b"0001", make_received(1).value)])
    settling.restart()
    append_all(settling.spool, range(3))
    settling.restart()
    assert list_pending(settling.spool) == [0, 1, 2]


def test_messages_of_others_in_the_topic_change_nothing(settling: Settling) -> None:
    append_all(settling.spool, range(3))
    strangers = [Message(b"%04d" % number, b"stranger") for number in range(2000)]
    settling.deliver([*strangers, *take(settling.spool)[1:2], *strangers])
    settling._producer.send(settling.topic, key=b"0000", value=None).get(10)
    settling.restart()
    assert list_pending(settling.spool) == [0, 2]


def test_into_a_topic_that_was_created_anew_all_is_sent_again(
    settling: Settling, kafka: SecuredKafka
) -> None:
    append_all(settling.spool, range(3))
    settling.deliver(take(settling.spool))
    with new_topic(kafka.open) as other:
        settling.restart(other)
    assert list_pending(settling.spool) == [0, 1, 2]
    assert settling.said == [
        f"Topic {other} has been created anew since the last run: what the spool holds cannot be "
        "in it.",
        f"The spool holds 3 messages of earlier runs: 0 are in topic {other} already, 3 are sent "
        "now.",
    ]


def test_messages_that_kafka_has_deleted_meanwhile_may_be_sent_a_second_time_which_is_said(
    settling: Settling, kafka: SecuredKafka
) -> None:
    append_all(settling.spool, range(30))
    settling.deliver(take(settling.spool))
    ends = describe_topic(settling.kafka, settling.topic).latest_offsets
    admin = KafkaAdminClient(bootstrap_servers=settling.servers)
    admin.delete_records({TopicPartition(settling.topic, 1): ends[1] - 1})
    admin.close()
    settling.restart()
    assert len(list_pending(settling.spool)) == ends[1] - 1
    assert settling.said[0] == (
        f"Kafka has deleted offsets 0 to {ends[1] - 2} of partition 1 of {settling.topic}: what "
        "the spool holds of them may be sent a second time."
    )


def test_without_notes_the_whole_topic_is_searched(settling: Settling) -> None:
    append_all(settling.spool, range(100))
    settling.deliver(take(settling.spool)[:60])
    (settling._folder / "acknowledged.json").write_text("{")
    settling.restart()
    assert list_pending(settling.spool) == list(range(60, 100))


def test_where_nothing_is_pending_the_topic_is_not_read(
    settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_all(settling.spool, range(30))
    for message in take(settling.spool):
        settling.deliver([message])
        assert message.on_delivered
        message.on_delivered(0, 0)
    settling.spool.save()
    monkeypatch.delattr(delivered, "read_topic")
    settling.restart()
    assert settling.said == []
    ends = describe_topic(settling.kafka, settling.topic).latest_offsets
    assert settling.spool.saved.offsets == ends


def test_before_anything_is_sent_it_is_on_disk_where_the_topic_ends(settling: Settling) -> None:
    settling.deliver([Message(b"1", b"older")] * 3)
    settling.restart()
    topic = describe_topic(settling.kafka, settling.topic)
    saved = json.loads((settling._folder / "acknowledged.json").read_text())
    assert saved["topic_id"] == topic.topic_id
    assert {int(key): value for key, value in saved["offsets"].items()} == topic.latest_offsets
    assert sum(topic.latest_offsets.values()) == 3


def test_a_stop_while_the_topic_is_read_leaves_the_notes_as_they_were(settling: Settling) -> None:
    append_all(settling.spool, range(30))
    settling.deliver(take(settling.spool))
    before = settling.spool.saved
    timer = FakeTimer()
    timer.stopped = True
    settle_delivered(settling.spool, settling.kafka, settling.topic, timer, print)
    assert settling.spool.saved == before
    settling.restart()
    assert list_pending(settling.spool) == []


def test_a_topic_that_is_missing_is_a_sentence(tmp_path: Path, kafka: SecuredKafka) -> None:
    access = KafkaAccess((kafka.open,))
    with pytest.raises(PublishError) as missing:
        settle_delivered(open_spool(tmp_path), access, "no-such-topic", FakeTimer(), print)
    assert str(missing.value).startswith(
        f"Kafka at {kafka.open} does not tell what topic no-such-topic has of the spool ("
    )
    assert str(missing.value).endswith(
        "): see that its brokers run, then start again; the spool is kept."
    )


def test_a_broker_that_falls_silent_is_waited_for_only_so_long(
    settling: Settling, pause_broker: Any
) -> None:
    settling.deliver([Message(b"1", b"x" * 200_000)] * 30)
    topic = describe_topic(settling.kafka, settling.topic)
    messages = read_topic(settling.kafka, topic, topic.earliest_offsets, patience_seconds=4)
    next(filter(None, messages))
    with pause_broker(), pytest.raises(TopicSilent, match="nothing has come from it for 4 s"):
        list(messages)


def test_killed_again_and_again_every_message_is_in_the_topic_once(
    tmp_path: Path, kafka: SecuredKafka, topic: str, topic_reader: TopicReader
) -> None:
    arguments = ("publish", tmp_path, kafka.open, topic)
    for goal, kill_at in ((3000, 200), (6000, 1500), (9000, 2500)):
        process = start_spooling(*arguments, goal)
        assert process.stdout
        for line in process.stdout:
            if line.strip().isdecimal() and int(line) >= kill_at:
                break
        process.kill()
        process.communicate()
    said, _ = start_spooling(*arguments, 10_000).communicate()
    assert "The spool holds" in said
    messages = topic_reader.read_to_the_end()
    keys = [int(key) for part in messages.values() for key, _ in part]
    assert sorted(keys) == list(range(10_000))
