from itertools import pairwise

import pytest

from access.kafka.producer import LINGER_MS
from bench.assumptions import load_assumptions
from bench.drains import describe_rates, find_steady
from bench.quantities import Quantity, format_quantity
from bench.stored import Stored
from dashboard.__main__ import POLL_SECONDS
from jobs.ledger import Commit
from jobs.staging import MESSAGES_PER_SMALL_BATCH
from jobs.submission import parse_request
from settings import Settings
from stack.hdfs import JAVA_OPTIONS as HDFS_OPTIONS
from stack.ports import DATANODES


def make_commit(number: int, committed_at: float) -> Commit:
    return Commit(
        f"run00000{number:010}", "tweets", "id", {}, {}, 100, 100, 0, "v", 0.0, committed_at
    )


def test_what_a_plan_rests_on_follows_from_the_results(known):
    assert known.core_seconds_per_tweet == pytest.approx(50e-6)
    assert known.seconds_per_batch == pytest.approx(0.8)
    assert known.bytes_per_tweet == pytest.approx(80)
    assert known.bytes_per_file == pytest.approx(5_000)
    assert known.bytes_per_message == pytest.approx(190)
    assert known.bytes_per_record_batch == pytest.approx(100)
    assert known.bytes_per_entry == pytest.approx(1_000)
    assert known.producer_seconds_per_tweet == pytest.approx(200e-6)
    assert known.broker_seconds_per_tweet == pytest.approx(100e-6)
    assert known.driver_memory == 1e9


def test_every_number_knows_its_unit_and_where_it_comes_from(known):
    for name in known.__dataclass_fields__:
        quantity = getattr(known, name)
        assert quantity.unit, name
        assert quantity.origin in {"project", "others", "rule of thumb", "measured"}, name
        assert quantity.source, name


def test_the_numbers_of_the_project_are_those_of_its_code(known):
    fields = Settings.model_fields
    assert known.trigger_seconds == fields["trigger_seconds"].default
    assert known.batch_limit == fields["max_offsets_per_trigger"].default
    assert known.partitions == fields["topic_partitions"].default
    assert known.small_batch == MESSAGES_PER_SMALL_BATCH
    assert known.poll_seconds == POLL_SECONDS
    assert known.linger_seconds * 1_000 == LINGER_MS
    assert known.replicas == DATANODES
    assert f"-Xmx{known.namenode_heap / 2**20:.0f}m" in HDFS_OPTIONS
    assert parse_request([]).master == f"local[{known.local_cores:.0f}]"


def test_the_results_that_are_kept_give_a_number_above_0_for_each():
    known = load_assumptions()
    for name in known.__dataclass_fields__:
        assert getattr(known, name) > 0, name


def test_the_second_half_of_the_batches_counts_as_steady():
    commits = [make_commit(number, 100.0 + 10 * number) for number in range(6)]
    assert find_steady(commits) == (120.0, 150.0, 300)


def test_rates_are_told_with_and_without_the_start():
    commits = [make_commit(number, 100.0 + 10 * number) for number in range(6)]
    assert all(later.committed_at > one.committed_at for one, later in pairwise(commits))
    rates = describe_rates(Stored(commits, 0, 0, 0, 0), 90.0, [12.0, *[9.5] * 5])
    assert rates == {
        "whole_tweets_per_second": 10.0,
        "steady_tweets_per_second": 10.0,
        "steady_tweets": 300,
        "seconds_around_batch": 0.5,
    }


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0000234, "s", "23.4 µs"),
        (0.0105, "s", "10.5 ms"),
        (1.5, "s", "1.5 s"),
        (100, "s", "100 s"),
        (150, "s", "2.5 min"),
        (7 * 86_400, "s", "7 days"),
        (82.25, "B", "82.2 B"),
        (1_500, "B", "1.5 kB"),
        (25.4e12, "B", "25.4 TB"),
        (12_345.6, "messages", "12,346 messages"),
        (0.7, "", "0.7"),
        (float("inf"), "s", "no end"),
    ],
)
def test_people_read_numbers_in_the_size_that_suits(value, unit, text):
    assert format_quantity(value, unit) == text


def test_a_quantity_counts_like_a_number_and_reads_like_a_reason():
    cost = Quantity(50e-6, "s", "measured", "CPU of one executor")
    assert 1_000 * cost == pytest.approx(0.05)
    assert str(cost) == "50 µs (measured)"
