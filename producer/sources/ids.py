"""Ids as X gives them: they rise with time, and no two are the same."""

import random
from collections.abc import Callable, Iterator
from itertools import count

# Milliseconds since 1970: X's epoch, and the start of the year in which seeded tweets are numbered.
_EPOCH_MS = 1_288_834_974_657
_SEEDED_EPOCH_MS = 1_767_225_600_000
_YEAR_MS = 31_536_000_000


def generate_ids(seed: int, clock_ms: Callable[[], int]) -> Iterator[str]:
    """Number tweets as X does: milliseconds, then 18 bits of the run, then 4 bits of a sequence."""
    run = random.Random(f"ids {seed}").getrandbits(18)
    tick = 0
    while True:
        # A tick is 1/16 ms; more tweets than that run ahead of the clock instead of repeating.
        tick = max(tick + 1, (clock_ms() - _EPOCH_MS) << 4)
        yield str((tick >> 4) << 22 | run << 4 | tick & 15)


def build_seeded_clock(seed: int) -> Callable[[], int]:
    """Build a clock whose times follow from the seed alone."""
    rng = random.Random(f"clock {seed}")
    moments = count(_SEEDED_EPOCH_MS + rng.randrange(_YEAR_MS))
    return lambda: next(moments)
