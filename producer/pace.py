"""Lets everything happen at its own moment of a run."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

from producer.timer import Timer

T = TypeVar("T")

# Shorter waits cost more than they are worth: an item may be this late, never early.
_SHORTEST_WAIT = 0.005


class Pacer:
    """Waits for moments, in seconds from its making; lateness is caught up, it does not add up."""

    def __init__(self, timer: Timer, wait: Callable[[float], None]) -> None:
        self._timer = timer
        self._wait = wait
        self._start = timer.now()

    def reach(self, moment: float) -> bool:
        """Wait for a moment, not at all if it has passed; `False` if the timer is stopped."""
        while (early := self._start + moment - self._timer.now()) > 0 and not self._timer.stopped:
            self._wait(max(early, _SHORTEST_WAIT))
        return not self._timer.stopped

    def look_around(self) -> bool:
        """See to the run while something else is waited for; `False` if the timer is stopped."""
        self._wait(0.0)
        return not self._timer.stopped

    @property
    def stopped(self) -> bool:
        """Say whether the timer is stopped."""
        return self._timer.stopped


def pace_items(items: Iterator[T], rate: float, pacer: Pacer) -> Iterator[T]:
    """Hand on `rate` items a second, each asked for only at its moment."""
    for position in count():
        if not pacer.reach(position / rate):
            return
        try:
            yield next(items)
        except StopIteration:
            return
