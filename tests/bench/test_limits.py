from dataclasses import replace

import pytest

from bench.batches import ImpossibleLoad, Load, time_batch
from bench.limits import choose_plan, find_limits
from bench.plan import plan_capacity


def find_limit(rate, trigger, known, part):
    limits = find_limits(plan_capacity(Load(rate, trigger, 30), known), known)
    [limit] = [limit for limit in limits if limit.part == part]
    return limit


def test_the_ledger_of_a_batch_every_two_seconds_is_full_after_24_days(known):
    limit = find_limit(100, 2, known, "the folder of the ledger")
    assert limit.days == pytest.approx(24.27, abs=0.01)
    assert limit.describe_end() == "after 24.3 days"
    assert "60 s: 2.0 years" in limit.change


def test_batches_of_the_size_that_comes_bear_100_000_tweets_a_second(known):
    assert find_limit(100, 2, known, "the size of a batch").tweets_per_second == 100_000
    assert find_limit(100, 10, known, "the size of a batch").tweets_per_second == 20_000


def test_one_producer_ends_where_its_core_is_busy(known):
    assert find_limit(100, 2, known, "one producer").tweets_per_second == pytest.approx(5_000)


def test_three_partitions_bear_more_than_two_cores(known):
    two = find_limit(100, 2, known, "local[2]").tweets_per_second
    three = find_limit(100, 2, known, "3 partitions").tweets_per_second
    assert two == pytest.approx(200_000 / (0.8 + 0.02 + 200_000 * 50e-6 / 2))
    assert three == pytest.approx(200_000 / (0.8 + 0.03 + 200_000 * 50e-6 / 3))


def test_the_dashboard_ends_where_its_folder_has_more_files_than_it_can_list(known):
    # 1.5 s for 7,500 files in an hour, so 125 in each of 60 batches.
    limit = find_limit(100, 60, known, "the dashboard")
    cores = plan_capacity(
        Load(limit.tweets_per_second, 60, 30), replace(known, busy_share=1)
    ).batches.cores
    assert cores == pytest.approx(125, abs=1)


def test_the_dashboard_has_no_end_where_the_driver_has_one_before(known):
    quick = replace(known, page_seconds_per_file=known.page_seconds_per_file / 1_000)
    limits = find_limits(plan_capacity(Load(100, 60, 30), quick), quick)
    assert "the dashboard" not in [limit.part for limit in limits]


def test_what_does_not_bear_the_load_comes_first_then_what_fills_up_first(known):
    load = Load(30_000, 2, 30)
    limits = find_limits(plan_capacity(load, known), known)
    broken = [limit for limit in limits if limit.tweets_per_second < load.tweets_per_second]
    assert broken
    assert limits[: len(broken)] == broken
    rates = [limit.tweets_per_second for limit in broken]
    assert rates == sorted(rates)
    days = [limit.days for limit in limits[len(broken) :]]
    assert days == sorted(days)


def test_a_small_stream_ends_first_with_what_fills_up(known):
    first, *_ = find_limits(plan_capacity(Load(100, 2, 30), known), known)
    assert first.part == "the memory of the NameNode"
    more_heap = replace(known, heap_per_block=known.heap_per_block / 10)
    first, *_ = find_limits(plan_capacity(Load(100, 2, 30), more_heap), more_heap)
    assert first.part == "the folder of the ledger"


def test_the_shortest_trigger_that_lasts_is_chosen_and_the_others_explained(known):
    plan, reasons = choose_plan(100, 20, known)
    assert (plan.load.trigger_seconds, reasons) == (2, [])
    plan, reasons = choose_plan(100, 30, known)
    assert plan.load.trigger_seconds == 10
    assert reasons == [
        "With a batch every 2 s, the folder of the ledger ends after 24.3 days.",
    ]
    assert choose_plan(100, 365, known)[0].load.trigger_seconds == 60


def test_the_longest_trigger_is_taken_where_none_lasts(known):
    plan, reasons = choose_plan(100, 10_000, known)
    assert plan.load.trigger_seconds == 60
    assert len(reasons) == 2


def test_a_trigger_that_the_driver_cannot_keep_is_passed_over_with_its_reason(known):
    plan, reasons = choose_plan(1_000_000, 1, known)
    assert plan.load.trigger_seconds > 2
    assert reasons[0].startswith("One driver does not store 1,000,000 tweets a second")


def test_a_load_beyond_every_trigger_is_refused(known):
    with pytest.raises(ImpossibleLoad, match="give it at least"):
        choose_plan(90_000_000, 1, known)


@pytest.mark.parametrize(("slower", "share"), [(2, "81%"), (3, "100%")])
def test_a_trigger_that_batches_fill_is_passed_over_with_its_reason(known, slower, share):
    slow = replace(known, seconds_per_batch=known.seconds_per_batch * slower)
    plan, reasons = choose_plan(100, 20, slow)
    assert plan.load.trigger_seconds == 10
    assert reasons == [
        f"With a batch every 2 s, storing them takes {share} of the time, more than 70%."
    ]


def test_the_one_driver_ends_where_more_cores_only_bring_more_files(known):
    limit = find_limit(100, 2, known, "the one driver")
    seconds = [time_batch(200_000, cores, known) for cores in range(1, 200)]
    assert limit.tweets_per_second == pytest.approx(200_000 / min(seconds))


def test_three_brokers_and_three_datanodes_end_where_their_disks_are_full(known):
    rate = find_limit(100, 2, known, "the disks of 3 brokers").tweets_per_second
    # Not the same: producers have less to send together than those who do nothing else.
    assert plan_capacity(Load(rate * 0.9, 60, 30), known).kafka.brokers == 3
    assert plan_capacity(Load(rate * 1.1, 60, 30), known).kafka.brokers == 4
    days = find_limit(10_000, 2, known, "the disks of 3 DataNodes").days
    assert plan_capacity(Load(10_000, 2, days * 0.99), known).hdfs.datanodes == 3
    assert plan_capacity(Load(10_000, 2, days * 1.01), known).hdfs.datanodes == 4
