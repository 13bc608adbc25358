"""How long to wait before the next connection, by what has ended the last one."""

from collections import Counter
from datetime import datetime
from enum import Enum, auto

# X counts requests in windows of a quarter of an hour.
_LONGEST_RATE_PAUSE = 960.0
# A time of reset further away than X has windows for is none.
_LONGEST_RESET = 86_400.0
_MOST_DOUBLINGS = 10


class Trouble(Enum):
    """Why there is no connection: the way to it broke, the server fails, or we ask too often."""

    NETWORK = auto()
    SERVER = auto()
    RATE = auto()


class Disconnected(Exception):
    """A connection has ended, or there was none; `reason` goes behind the name of the server.

    `reset_at` is when the server lets us ask again, in seconds since 1970, if it has said so.
    """

    def __init__(self, trouble: Trouble, reason: str, reset_at: float | None = None) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason
        self.reset_at = reset_at


class Backoff:
    """Chooses pauses as X wants them: longer each time, until a connection holds."""

    def __init__(self) -> None:
        self._counts: Counter[Trouble] = Counter()

    def confirm(self) -> bool:
        """Note that a connection holds; say whether there was trouble since one has held before."""
        had_trouble = bool(self._counts)
        self._counts.clear()
        return had_trouble

    def choose_pause(self, disconnected: Disconnected, now: datetime) -> float:
        """Choose how many seconds to wait before the next connection."""
        times = self._counts[disconnected.trouble]
        self._counts[disconnected.trouble] += 1
        if disconnected.reset_at is not None:
            until_reset = disconnected.reset_at - now.timestamp()
            if 0 < until_reset <= _LONGEST_RESET:
                return until_reset
        doubled = 2.0 ** min(times, _MOST_DOUBLINGS)
        match disconnected.trouble:
            case Trouble.NETWORK:
                return min(0.25 * times, 16.0)
            case Trouble.SERVER:
                return min(5.0 * doubled, 320.0)
            case Trouble.RATE:
                return min(60.0 * doubled, _LONGEST_RATE_PAUSE)
