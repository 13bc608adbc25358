import math
from dataclasses import astuple, replace
from itertools import pairwise

import pytest

from bench.batches import (
    ImpossibleLoad,
    Load,
    find_highest_rate,
    find_shortest_interval,
    plan_batches,
    time_batch,
)
from bench.plan import plan_capacity

RATES = [10 ** (tenth / 10) for tenth in range(-10, 71)]


def test_more_tweets_never_take_less(known):
    plans = [plan_capacity(Load(rate, 60, 30), known) for rate in RATES]
    for less, more in pairwise(plans):
        assert more.kafka.brokers >= less.kafka.brokers
        assert more.kafka.partitions >= less.kafka.partitions
        assert more.kafka.producers >= less.kafka.producers
        assert more.batches.cores >= less.batches.cores
        assert more.hdfs.bytes_per_day >= less.hdfs.bytes_per_day
        assert more.hdfs.datanodes >= less.hdfs.datanodes
        assert more.hdfs.objects_per_day >= less.hdfs.objects_per_day


@pytest.mark.parametrize("trigger", [2, 10, 60])
def test_more_days_take_more_room_and_no_more_cores(known, trigger):
    month, year = (plan_capacity(Load(1_000, trigger, days), known) for days in (30, 365))
    assert year.batches == month.batches
    assert year.hdfs.bytes == pytest.approx(month.hdfs.bytes * 365 / 30)
    assert year.spark.restart_seconds > month.spark.restart_seconds
    assert year.spark.driver_memory > month.spark.driver_memory


def test_a_day_of_a_small_stream_adds_up(known):
    plan = plan_capacity(Load(100, 2, 1), known)
    # A batch of 200 tweets: one file of tweets and one of the ledger, each with one block.
    assert plan.hdfs.entries_per_day == 43_200
    assert plan.hdfs.files_per_day == 2 * 43_200 + 24
    assert plan.hdfs.objects_per_day == 4 * 43_200 + 24 * 4 + 2
    assert plan.hdfs.file_bytes == pytest.approx(5_000 + 200 * 80)
    assert plan.hdfs.bytes_per_day == pytest.approx(3 * 43_200 * (5_000 + 200 * 80 + 1_000))
    assert plan.batches.seconds == pytest.approx(0.8 + 0.01 + 200 * 50e-6)
    # A message waits 20 ms for others, of which 33 come to its partition in a second.
    assert plan.kafka.record_batch == pytest.approx(1 + 100 / 3 * 0.02)
    assert plan.kafka.bytes_per_message == pytest.approx(190 + 100 / (1 + 100 / 3 * 0.02))
    assert plan.kafka.disk_per_broker == pytest.approx(100 * 250 * 7 * 86_400)
    assert (plan.kafka.brokers, plan.kafka.partitions, plan.hdfs.datanodes) == (3, 3, 3)
    assert plan.spark.restart_seconds == pytest.approx(43_200 * 0.0005)


def test_messages_of_many_producers_and_partitions_are_larger(known):
    few, many = (plan_capacity(Load(rate, 60, 30), known).kafka for rate in (4_000, 4_000_000))
    assert many.record_batch < few.record_batch
    assert many.bytes_per_message > few.bytes_per_message


def test_there_are_no_more_batches_than_tweets(known):
    assert plan_capacity(Load(0.01, 2, 30), known).hdfs.entries_per_day == pytest.approx(864)


def test_a_file_larger_than_a_block_has_several(known):
    plan = plan_capacity(Load(1_000_000, 60, 30), known)
    assert plan.hdfs.file_bytes < known.block_bytes
    known = replace(known, block_bytes=plan.hdfs.file_bytes / 2.5)
    with_three_blocks = plan_capacity(plan.load, known).hdfs.objects_per_day
    tweet_files = plan.batches.files * plan.batches.per_day
    assert with_three_blocks == pytest.approx(plan.hdfs.objects_per_day + 2 * tweet_files)


def test_a_small_batch_is_one_file_of_one_task(known):
    batches = plan_batches(Load(10_000, 2, 30), known)
    assert (batches.files, batches.cores, batches.interval_seconds) == (1, 1, 2)


def test_a_batch_slower_than_its_trigger_holds_what_came_meanwhile(known):
    # 0.81 s for the batch and 50 µs for each of its tweets, of which 100 come in a second.
    batches = plan_batches(Load(100, 0.5, 30), known)
    assert batches.interval_seconds == pytest.approx(0.81 / (1 - 100 * 50e-6))
    assert batches.seconds == pytest.approx(batches.interval_seconds)
    assert (batches.cores, batches.files) == (1, 1)


def test_a_task_too_slow_for_its_load_lets_batches_grow_until_they_are_shared(known):
    # One core takes 1.2 s for the tweets of a second.
    batches = plan_batches(Load(24_000, 2, 30), known)
    assert batches.messages == known.small_batch
    assert batches.interval_seconds == pytest.approx(50_000 / 24_000)
    assert batches.cores >= 3


@pytest.mark.parametrize("rate", [30_000, 100_000, 1_000_000, 5_000_000])
def test_the_cores_are_the_fewest_that_fill_no_more_than_the_busy_share(known, rate):
    batches = plan_batches(Load(rate, 60, 30), known)
    most = known.busy_share * 60
    assert batches.seconds == pytest.approx(time_batch(batches.messages, batches.cores, known))
    assert batches.seconds <= most
    assert batches.cores == 3 or time_batch(batches.messages, batches.cores - 1, known) > most


def test_the_driver_ends_where_its_files_fill_the_trigger(known):
    highest = find_highest_rate(60, replace(known, busy_share=1))
    assert plan_batches(Load(highest * 0.99, 60, 30), replace(known, busy_share=1))
    with pytest.raises(ImpossibleLoad):
        plan_batches(Load(highest * 1.01, 60, 30), replace(known, busy_share=1))


def test_fewer_cores_than_are_best_bear_less(known):
    rates = [find_highest_rate(10, known, cores) for cores in (1, 3, 10, 100, 460)]
    assert rates == sorted(rates)
    assert find_highest_rate(10, known, 10_000) == find_highest_rate(10, known)
    assert find_highest_rate(0.1, known) == 0


def test_a_trigger_that_is_too_short_is_refused_with_one_that_is_not(known):
    with pytest.raises(ImpossibleLoad, match=r"1,000,000 tweets a second .* at least \d+\.\d s"):
        plan_batches(Load(1_000_000, 2, 30), known)
    shortest = find_shortest_interval(1_000_000, known)
    assert plan_batches(Load(1_000_000, shortest * 1.001, 30), known)
    with pytest.raises(ImpossibleLoad):
        plan_batches(Load(1_000_000, shortest * 0.99, 30), known)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((0, 2, 30), "Tweets per second must be a number from 0.001 to 100,000,000, not 0."),
        ((-5, 2, 30), "Tweets per second must be a number from 0.001 to 100,000,000, not -5."),
        ((math.nan, 2, 30), "Tweets per second must be a number from 0.001 to 100,000,000, not n"),
        ((math.inf, 2, 30), "Tweets per second must be a number from 0.001 to 100,000,000, not i"),
        ((100, 0, 30), "Seconds from batch to batch must be a number from 0.1 to 86,400, not 0."),
        ((100, 1e200, 30), "Seconds from batch to batch must be a number from 0.1 to 86,400, not"),
        ((100, 2, -1), "Days must be a number from 0.1 to 36,500, not -1."),
        ((100, 2, 1e308), "Days must be a number from 0.1 to 36,500, not 1e+308."),
    ],
)
def test_an_impossible_load_is_refused_with_a_sentence(numbers, sentence):
    with pytest.raises(ImpossibleLoad) as refusal:
        Load(*numbers)
    assert str(refusal.value).startswith(sentence)


def test_no_number_of_a_plan_is_below_0_or_without_end(known):
    for rate in RATES:
        plan = plan_capacity(Load(rate, 60, 30), known)
        for part in (plan.batches, plan.kafka, plan.spark, plan.hdfs):
            assert all(0 < number < math.inf for number in astuple(part))
