"""A line each minute about what has come, what it costs, and how far behind it is."""

from collections.abc import Callable
from datetime import datetime

from producer.sources.minute import Minute
from producer.sources.x.usage import Prices, Usage
from producer.timer import Timer


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
        self._minute = Minute(timer)
        self._clock = clock
        self._say = say
        self._behind: float | None = None
        self._clear()

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
        if not self._minute.is_over:
            return
        parts = [today.describe(self._prices)]
        if self._behind is not None:
            parts.append(f"{self._behind:,.1f} s behind")
        if self._malformed:
            parts.append(f"{self._malformed:,} that make no sense")
        if self._half_lines:
            parts.append(f"{self._half_lines:,} dropped half-way")
        self._say(", ".join(parts))
        self._minute.start()
        self._clear()

    def wait(self, seconds: float, read_today: Callable[[], Usage]) -> None:
        """Wait that long, or less if somebody asks to stop, and tell meanwhile what is due."""
        self._minute.wait(seconds, lambda: self.tell_if_due(read_today()))

    def _clear(self) -> None:
        self._behind = None
        self._malformed = self._half_lines = 0
