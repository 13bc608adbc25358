import pytest

from access.kafka.topic import Topic
from producer.spool.acknowledged import Acknowledged
from producer.spool.delivered import choose_offsets

TOPIC = Topic("tweets", "new", {0: 10, 1: 0}, {0: 90, 1: 50})


@pytest.mark.parametrize(
    ("saved", "offsets", "sentences"),
    [
        (Acknowledged(5, "new", {0: 20, 1: 7}), {0: 20, 1: 7}, 0),
        (Acknowledged(5, "new", {0: 9, 1: 7}), {0: 10, 1: 7}, 1),
        (Acknowledged(5, "new", {0: 20}), {0: 20, 1: 0}, 0),
        (Acknowledged(5, "old", {0: 20, 1: 7}), {0: 90, 1: 50}, 1),
        (Acknowledged(), {0: 10, 1: 0}, 1),
    ],
    ids=["as saved", "begins later", "has a new partition", "is another one", "is not known"],
)
def test_a_topic_is_searched_from_where_it(
    saved: Acknowledged, offsets: dict[int, int], sentences: int
) -> None:
    said: list[str] = []
    assert choose_offsets(saved, TOPIC, said.append) == offsets
    assert len(said) == sentences
