"""A random choice in which some items come more often than others."""

import random
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Items and how often each is picked, relative to the others."""

    def __init__(self, items: Sequence[T], weights: Iterable[float]) -> None:
        self.items = items
        self._cumulative_weights = list(accumulate(weights))

    def pick(self, rng: random.Random) -> T:
        """Pick an item."""
        return rng.choices(self.items, cum_weights=self._cumulative_weights)[0]
