import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from producer.spool.acknowledged import (
    Acknowledged,
    Acknowledgements,
    load_acknowledged,
    store_acknowledged,
)


def test_what_is_unsettled_lies_behind_the_settled_prefix_or_where_it_was_delivered() -> None:
    acknowledgements = Acknowledgements(Acknowledged(0, "id", {0: 100, 1: 200, 2: 300}))
    acknowledgements.settle(0, 0, 107)
    acknowledgements.settle(1, 1, 200)
    acknowledgements.settle(3, 0, 110)
    acknowledgements.settle(5, 1, 250)
    assert acknowledgements.summarize() == Acknowledged(2, "id", {0: 108, 1: 201, 2: 300})
    acknowledgements.settle(2, 2, 333)
    assert acknowledgements.summarize() == Acknowledged(4, "id", {0: 111, 1: 201, 2: 334})


def test_a_record_found_far_before_the_others_holds_its_partition_back() -> None:
    acknowledgements = Acknowledgements(Acknowledged(0, "id", {0: 50}))
    acknowledgements.settle(4, 0, 60)
    acknowledgements.begin_topic("id", {0: 100})
    assert acknowledgements.summarize() == Acknowledged(0, "id", {0: 60})
    for number, offset in ((0, 100), (1, 101), (2, 102), (3, 103)):
        acknowledgements.settle(number, 0, offset)
    assert acknowledgements.summarize() == Acknowledged(5, "id", {0: 104})


def test_lost_records_are_not_waited_for() -> None:
    acknowledgements = Acknowledgements(Acknowledged(3, "id", {0: 7}))
    acknowledgements.pass_over(0, 5)
    acknowledgements.pass_over(7, 9)
    assert [number for number in range(12) if acknowledgements.is_settled(number)] == [
        *range(5),
        7,
        8,
    ]
    acknowledgements.settle(5, 0, 8)
    acknowledgements.settle(6, 0, 7)
    assert acknowledgements.summarize() == Acknowledged(9, "id", {0: 9})


def deliver_at_random(chance: random.Random, runs: int) -> Iterator[tuple[Acknowledgements, int]]:
    """Send records to three partitions, in order in each, again and again broken off by a kill.

    Each start finds what lies from the saved offsets on, and must find all. Yields what is known at
    each kill, and how many records the topic has.
    """
    ends = [chance.randrange(1000) for _ in range(3)]
    partition_of = [chance.randrange(3) for _ in range(2000)]
    in_topic: dict[int, tuple[int, int]] = {}
    saved = Acknowledged(0, "id", dict(enumerate(ends)))
    for _ in range(runs):
        known = Acknowledgements(saved)
        for number, (partition, offset) in in_topic.items():
            assert known.is_settled(number) or offset >= saved.offsets[partition]
            known.settle(number, partition, offset)
        known.begin_topic("id", dict(enumerate(ends)))
        to_send = [number for number in range(2000) if not known.is_settled(number)]
        in_flight = to_send[: chance.randrange(300)]
        waiting: list[list[int]] = [[], [], []]
        for number in in_flight:
            waiting[partition_of[number]].append(number)
        for _ in range(chance.randrange(300)):
            partition = chance.randrange(3)
            if waiting[partition]:
                number = waiting[partition].pop(0)
                in_topic[number] = (partition, ends[partition])
                ends[partition] += chance.choice((1, 1, 5))
                if chance.random() < 0.95:
                    known.settle(number, *in_topic[number])
        saved = known.summarize()
        yield known, len(in_topic)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_delivered_is_found_from_the_saved_offsets_on(seed: int) -> None:
    (*_, (known, delivered)) = deliver_at_random(random.Random(seed), 30)
    assert delivered > 1000
    assert known.position > 500


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    acknowledged = Acknowledged(12, "topic", {0: 5, 11: 10**15})
    store_acknowledged(tmp_path / "acknowledged.json", acknowledged)
    store_acknowledged(tmp_path / "acknowledged.json", acknowledged)
    said: list[str] = []
    assert load_acknowledged(tmp_path / "acknowledged.json", said.append) == acknowledged
    assert [path.name for path in tmp_path.iterdir()] == ["acknowledged.json"]
    assert said == []
