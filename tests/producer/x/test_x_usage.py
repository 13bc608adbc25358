from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from x_reading import TODAY, make_budget

from producer.sources.x.backoff import Backoff, Disconnected, Trouble
from producer.sources.x.usage import Budget, Usage
from producer.sources.x.usage_file import format_usage, open_usage, parse_usage

DAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("posts", "users", "words"),
    [
        (0, 0, "0 posts today, at most $0.00"),
        (1, 1, "1 post today, at most $0.02"),
        (2, 2, "2 posts today, at most $0.03"),
        (1204, 1204, "1,204 posts today, at most $18.06"),
        (1_000_000, 0, "1,000,000 posts today, at most $5,000.00"),
    ],
)
def test_what_was_read_is_told_with_its_cost(posts: int, users: int, words: str) -> None:
    assert make_budget().describe(Usage(DAY, posts, users)) == words


@pytest.mark.parametrize(
    ("budget", "posts", "limit"),
    [
        (make_budget(), 10**9, None),
        (make_budget(max_posts=10), 9, None),
        (make_budget(max_posts=10), 10, "10 posts a day"),
        (make_budget(max_posts=2000), 2001, "2,000 posts a day"),
        (make_budget(max_cost=0.15), 9, None),
        (make_budget(max_cost=0.15), 10, "$0.15 a day"),
        (make_budget(max_cost=5), 332, None),
        (make_budget(max_cost=5), 333, "$5 a day"),
        (make_budget(max_cost=0.01), 0, "$0.01 a day"),
        (make_budget(max_posts=10, max_cost=5), 10, "10 posts a day"),
    ],
)
def test_a_limit_holds_before_the_post_that_would_pass_it(
    budget: Budget, posts: int, limit: str | None
) -> None:
    assert budget.find_limit(Usage(DAY, posts, posts)) == limit


@pytest.mark.parametrize("usage", [Usage(DAY), Usage(DAY, 7, 9), Usage(DAY, 10**11, 10**11)])
def test_a_count_is_read_as_it_was_written_in_the_same_width(usage: Usage) -> None:
    assert parse_usage(format_usage(usage)) == usage
    assert len(format_usage(usage)) == len(format_usage(Usage(DAY)))


def test_a_day_starts_at_midnight_utc_and_a_clock_set_back_does_not_start_one(
    tmp_path: Path,
) -> None:
    times = [datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)]
    with open_usage(tmp_path / "usage.json", lambda: times[-1]) as count:
        count.add(5, 5)
        times.append(datetime(2026, 11, 27, tzinfo=UTC))
        assert count.today == Usage(DAY)
        count.add(1, 2)
        times.append(datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC))
        count.add(1, 1)
        assert count.today == Usage(DAY, 2, 3)


def test_the_count_of_a_day_goes_on_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        with open_usage(tmp_path / "new" / "usage.json", lambda: TODAY) as count:
            count.add(2, 1)
            assert parse_usage((tmp_path / "new" / "usage.json").read_bytes()) == count.today
    assert count.today == Usage(DAY, 4, 2)


def test_nobody_else_may_read_the_count(tmp_path: Path) -> None:
    with open_usage(tmp_path / "usage.json", lambda: TODAY):
        assert (tmp_path / "usage.json").stat().st_mode & 0o777 == 0o600


def test_each_trouble_is_waited_for_in_its_own_way() -> None:
    backoff = Backoff()
    order = [Trouble.NETWORK, Trouble.SERVER, Trouble.NETWORK, Trouble.RATE, Trouble.SERVER]
    pauses = [backoff.choose_pause(Disconnected(trouble, ""), TODAY) for trouble in order]
    assert pauses == [0, 5, 0.25, 60, 10]


def test_no_trouble_is_waited_for_without_end() -> None:
    backoff = Backoff()
    for _ in range(2000):
        pauses = [backoff.choose_pause(Disconnected(trouble, ""), TODAY) for trouble in Trouble]
    assert pauses == [16, 320, 960]
