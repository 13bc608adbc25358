"""A line each minute about what has come, what it costs, and how far behind it is."""

from collections.abc import Callable
from datetime import datetime

from producer.sources.x.usage import Prices, Usage
from producer.timer import Timer

_INTERVAL = 60.0


class Tally:
    """Counts what was broken, and tells it once a minute with what the day has cost so far."""

    def __init__(
        self,
        prices: Prices,
        timer: Timer,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
    ) -> None:
        self._prices = prices
        self._timer = timer
        self._clock = clock
        self._say = say
        self._behind: float | None = None
        self._start_minute()

    def note_post(self, created_at: datetime | None) -> None:
        """Note how far behind a post is, in the moment in which it comes."""
        if created_at:
            self._behind = max((self._clock() - created_at).total_seconds(), 0.0)

    def count_malformed(self) -> None:
        """Count a line that is no post."""
        self._malformed += 1

    def count_half_line(self) -> None:
        """Count a line whose end has not come."""
        self._half_lines += 1

    def tell_if_due(self, today: Usage) -> None:
        """Tell the counts if a minute is over."""
        if self._timer.now() - self._began_at < _INTERVAL:
            return
        parts = [today.describe(self._prices)]
        if self._behind is not None:
            parts.append(f"{self._behind:,.1f} s behind")
        if self._malformed:
            parts.append(f"{self._malformed:,} that make no sense")
        if self._half_lines:
            parts.append(f"{self._half_lines:,} dropped half-way")
        self._say(", ".join(parts))
        self._start_minute()

    def _start_minute(self) -> None:
        self._began_at = self._timer.now()
        self._behind = None
        self._malformed = self._half_lines = 0
