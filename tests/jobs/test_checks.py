from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest

from jobs.checks import (
    check_counts,
    check_missing,
    check_ranges,
    check_repeated,
    check_unknown,
)
from jobs.counts import Cell
from jobs.ledger import Commit

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def commit(name: str, start: int, until: int, read_count: int | None = None) -> Commit:
    count = until - start if read_count is None else read_count
    return Commit(name, "tweets", "t", {0: start}, {0: until}, count, count, 0, "v1", 0, 0)


def offsets(*numbers: int) -> dict[int, np.ndarray]:
    return {0: np.array(numbers, np.int64)}


def test_ranges_that_follow_each_other_are_right_in_any_order():
    commits = [commit("c", 5, 5), commit("b", 3, 5), commit("a", 0, 3), commit("d", 5, 6)]
    assert list(check_ranges(commits)) == []
    assert list(check_ranges(reversed(commits))) == []


@pytest.mark.parametrize(
    ("second", "finding"),
    [
        (commit("b", 5, 9), "Batch b leaves out offsets 3 to 4 of partition 0."),
        (commit("b", 1, 9), "Batch b repeats offsets 1 to 2 of partition 0."),
    ],
)
def test_gaps_and_overlaps_of_ranges_are_found(second, finding):
    assert list(check_ranges([commit("a", 0, 3), second])) == [finding]


def test_a_lost_row_is_found():
    (finding,) = check_missing([commit("a", 0, 4)], offsets(0, 1, 3))
    assert finding == (
        "Batch a read 4 messages, but only 3 are stored: partition 0: offset 2 missing."
    )


def test_offsets_without_a_message_are_not_lost():
    assert list(check_missing([commit("a", 0, 4, read_count=3)], offsets(0, 1, 2))) == []


def test_a_doubled_row_is_found_and_does_not_hide_a_lost_one():
    stored = offsets(0, 1, 1, 3)
    assert list(check_repeated(stored)) == ["Partition 0: offset 1 stored more than once."]
    assert len(list(check_missing([commit("a", 0, 4)], stored))) == 1


def test_a_row_that_no_batch_read_is_found():
    (finding,) = check_unknown([commit("a", 2, 4)], offsets(1, 2, 3, 4))
    assert finding == "Partition 0: offsets 1, 4 stored, but in no batch of the ledger."
    (finding,) = check_unknown([], offsets(*range(9)))
    assert "0, 1, 2, 3, 4 and 4 more" in finding


def test_a_miscounted_window_is_found():
    counted = Counter({Cell(NINE, "food"): 3, Cell(NINE, "music"): 1})
    tweets = Counter({Cell(NINE, "food"): 2, Cell(NINE, "sports"): 1})
    assert list(check_counts(counted, tweets)) == [
        "category_counts has 3 for food in the window of 2026-11-24 09:00, tweets has 2.",
        "category_counts has 1 for music in the window of 2026-11-24 09:00, tweets has 0.",
        "category_counts has 0 for sports in the window of 2026-11-24 09:00, tweets has 1.",
    ]
