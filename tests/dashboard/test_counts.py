from datetime import UTC, datetime, timedelta

import pyarrow as pa

from dashboard.counts import COUNTS_SCHEMA, locate_windows, merge_counts, sum_windows

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def build_hour(*rows: tuple[int, str, int]) -> pa.Table:
    """Counts of an hour: minutes after nine, category, count."""
    starts = [NINE + timedelta(minutes=minute) for minute, _, _ in rows]
    columns = [starts, [row[1] for row in rows], [row[2] for row in rows]]
    return pa.table(columns, schema=COUNTS_SCHEMA)


def test_minutes_of_several_hours_are_summed_into_windows() -> None:
    nine = build_hour((1, "food", 2), (4, "food", 3), (5, "music", 7))
    ten = build_hour((61, "food", 1))
    windows = sum_windows(
        merge_counts([nine, ten]),
        locate_windows(NINE, NINE + timedelta(minutes=65), 300),
        ["food", "music", "sports"],
    )
    assert list(windows["food"]) == [5, *[0] * 11, 1]
    assert list(windows["music"]) == [0, 7, *[0] * 11]
    assert list(windows["sports"]) == [0] * 13


def test_windows_have_no_gap_and_cover_what_they_touch() -> None:
    windows = locate_windows(NINE + timedelta(seconds=59), NINE + timedelta(seconds=121), 60)
    start = int(NINE.timestamp())
    assert list(windows) == [start, start + 60, start + 120]


def test_a_window_ends_before_the_next_one_starts() -> None:
    counts = merge_counts([build_hour((0, "food", 1), (1, "food", 10))])
    windows = sum_windows(counts, locate_windows(NINE, NINE + timedelta(minutes=1), 60), ["food"])
    assert list(windows["food"]) == [1]


def test_without_data_every_window_counts_zero() -> None:
    hour = locate_windows(NINE, NINE + timedelta(hours=1), 60)
    windows = sum_windows(merge_counts([]), hour, ["food", "other"])
    assert windows.shape == (60, 2)
    assert not windows.to_numpy().any()


def test_the_categories_are_those_that_occur_by_name() -> None:
    counts = merge_counts([build_hour((0, "gardening", 4), (0, "food", 1)), build_hour()])
    assert counts.categories == ("food", "gardening")


def test_the_columns_are_the_categories_asked_for_in_their_order() -> None:
    counts = merge_counts([build_hour((0, "gardening", 4), (0, "food", 1))])
    minute = locate_windows(NINE, NINE + timedelta(minutes=1), 60)
    windows = sum_windows(counts, minute, ["music", "gardening", "food"])
    assert windows.to_dict("records") == [{"music": 0, "gardening": 4, "food": 1}]
