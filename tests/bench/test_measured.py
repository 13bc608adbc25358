import json
from dataclasses import asdict

import pytest

from bench.drains import describe_rates, find_steady
from bench.measured import derive_measured, load_measured, save_measured
from bench.scaling import write_down
from bench.scaling_tables import PARTS, tabulate_costs, tabulate_streams, tabulate_throughput
from bench.stored import Stored
from bench.triggers import read_batch_seconds
from jobs.ledger import Commit


def make_commit(number: int, committed_at: float) -> Commit:
    return Commit(
        f"run00000{number:010}", "tweets", "id", {}, {}, 100, 100, 0, "v", 0.0, committed_at
    )


def test_what_a_plan_rests_on_follows_from_the_results(results):
    assert asdict(derive_measured(results)) == {
        **results["machine"],
        "backlog": 100_000,
        "rounds": 1,
        "produced": pytest.approx(5_000),
        "streamed": 100,
        "stored": pytest.approx(40_000),
        "stored_by_one_core": pytest.approx(20_000),
        "producer_us_per_tweet": pytest.approx(200),
        "broker_us_per_tweet": pytest.approx(100),
        "driver_ms_per_file": pytest.approx(20),
        "listing_us_per_entry": pytest.approx(500),
        "bytes_per_message": 250,
        "bytes_per_tweet": pytest.approx(80),
        "bytes_per_file": pytest.approx(5_000),
    }


def test_what_is_saved_can_be_loaded(known, tmp_path):
    save_measured(known, tmp_path / "scaling.json")
    assert asdict(load_measured(tmp_path / "scaling.json")) == {
        name: pytest.approx(value, rel=1e-4) if isinstance(value, float) else value
        for name, value in asdict(known).items()
    }


def test_runs_are_kept_even_if_nothing_follows_from_them(results, tmp_path):
    runs, output = tmp_path / "data" / "runs.json", tmp_path / "scaling.json"
    write_down(results, runs, output)
    assert json.loads(runs.read_text()) == results
    assert load_measured(output).backlog == results["backlog"]
    with pytest.raises(KeyError):
        write_down({"backlog": 1}, runs, output)
    assert json.loads(runs.read_text()) == {"backlog": 1}


def test_the_numbers_that_are_kept_are_above_0():
    assert all(
        value > 0 for value in asdict(load_measured()).values() if not isinstance(value, str)
    )


def test_the_second_half_of_the_batches_counts_as_steady():
    commits = [make_commit(number, 100.0 + 10 * number) for number in range(6)]
    assert find_steady(commits) == (120.0, 150.0, 300)


def test_rates_are_told_with_and_without_the_start():
    commits = [make_commit(number, 100.0 + 10 * number) for number in range(6)]
    assert describe_rates(Stored(commits, 0, 0), 90.0) == {
        "whole_tweets_per_second": 10.0,
        "steady_tweets_per_second": 10.0,
        "steady_tweets": 300,
    }


def test_the_job_says_how_long_each_batch_took(tmp_path):
    log = tmp_path / "job.log"
    log.write_text(
        "batch 0: 40 tweets (food 40), 0 rejected, 0 deleted, 12.50 s\n"
        "a warning, after 3 s\n"
        "batch 1: 0 tweets (none), 0 rejected, 0 deleted, 0.75 s\n"
    )
    assert read_batch_seconds(log) == [12.5, 0.75]


def test_the_runs_of_a_kind_are_told_by_their_median(results):
    results["drains"] += [
        {**results["drains"][0], "steady_tweets_per_second": rate} for rate in (1.0, 14_000.0)
    ]
    _, first, *others = tabulate_throughput(results)
    assert first == ["1", "1", "14,000", "8,000"]
    assert len(others) == 3


def test_costs_are_told_for_a_million_tweets(results):
    _, *rows = tabulate_costs(results)
    assert rows == [[part, "50 s", "50 s", "80 s", "80 s", "500 MB"] for part in PARTS]


def test_a_day_is_told_from_some_batches(results):
    _, first, _ = tabulate_streams(results)
    assert first == ["2 s", "10", "200", "1.2 s", "250 B", "105 B", "86,424", "172,898"]
