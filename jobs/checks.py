"""What must be true of the stored datasets, each check a generator of sentences where it is not."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from jobs.counts import Cell
from jobs.ledger import Commit

Offsets = npt.NDArray[np.int64]

_SHOWN = 5


def check_ranges(commits: Iterable[Commit]) -> Iterator[str]:
    """Find gaps and overlaps between the offsets that the batches say they read."""
    ends: dict[int, int] = {}
    for commit in sorted(commits, key=_sum_offsets):
        for partition, start in sorted(commit.from_offsets.items()):
            end = ends.get(partition, start)
            if start != end:
                kind = "leaves out" if start > end else "repeats"
                yield (
                    f"Batch {commit.commit} {kind} offsets {min(start, end)} to "
                    f"{max(start, end) - 1} of partition {partition}."
                )
            ends[partition] = commit.until_offsets[partition]


def check_repeated(stored: dict[int, Offsets]) -> Iterator[str]:
    """Find offsets with more than one row; `stored` has the sorted offsets of each partition."""
    for partition, offsets in sorted(stored.items()):
        repeated = np.unique(offsets[1:][offsets[1:] == offsets[:-1]])
        if repeated.size:
            yield f"Partition {partition}: {_show(repeated)} stored more than once."


def check_missing(commits: Iterable[Commit], stored: dict[int, Offsets]) -> Iterator[str]:
    """Find batches that read more messages than have a row, and the offsets without one."""
    distinct = {partition: np.unique(offsets) for partition, offsets in stored.items()}
    for commit in commits:
        without_row: dict[int, Offsets] = {}
        found_count = 0
        for partition, start in commit.from_offsets.items():
            until = commit.until_offsets[partition]
            found = _slice(distinct.get(partition), start, until)
            found_count += found.size
            if found.size < until - start:
                without_row[partition] = np.setdiff1d(np.arange(start, until), found)
        if found_count < commit.read_count:
            places = "; ".join(f"partition {p}: {_show(o)}" for p, o in without_row.items())
            yield (
                f"Batch {commit.commit} read {commit.read_count} messages, but only {found_count} "
                f"are stored: {places} missing."
            )


def check_unknown(commits: Iterable[Commit], stored: dict[int, Offsets]) -> Iterator[str]:
    """Find rows whose offsets no batch of the ledger has read."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for commit in commits:
        for partition, start in commit.from_offsets.items():
            until = commit.until_offsets[partition]
            starts[partition] = min(start, starts.get(partition, start))
            ends[partition] = max(until, ends.get(partition, until))
    for partition, offsets in sorted(stored.items()):
        known = _slice(offsets, starts.get(partition, 0), ends.get(partition, 0))
        if known.size < offsets.size:
            unknown = np.setdiff1d(offsets, known)
            yield f"Partition {partition}: {_show(unknown)} stored, but in no batch of the ledger."


def check_counts(counted: Counter[Cell], tweets: Counter[Cell]) -> Iterator[str]:
    """Find windows whose stored count is not the number of their stored tweets."""
    for cell in sorted(counted.keys() | tweets.keys()):
        if counted[cell] != tweets[cell]:
            yield (
                f"category_counts has {counted[cell]} for {cell.category} in the window of "
                f"{cell.window_start:%Y-%m-%d %H:%M}, tweets has {tweets[cell]}."
            )


def _sum_offsets(commit: Commit) -> tuple[int, int]:
    return sum(commit.until_offsets.values()), sum(commit.from_offsets.values())


def _slice(offsets: Offsets | None, start: int, until: int) -> Offsets:
    if offsets is None:
        return np.empty(0, np.int64)
    first, end = np.searchsorted(offsets, [start, until])
    return offsets[first:end]


def _show(offsets: Offsets) -> str:
    shown = ", ".join(map(str, offsets[:_SHOWN]))
    more = f" and {offsets.size - _SHOWN} more" if offsets.size > _SHOWN else ""
    return f"offset{'s' if offsets.size > 1 else ''} {shown}{more}"
