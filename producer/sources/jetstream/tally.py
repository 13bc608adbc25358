"""A line each minute about what has come."""

from collections.abc import Callable
from datetime import datetime

from producer.sources.jetstream.events import Delete, Malformed, Wanted, read_time
from producer.timer import Timer

_INTERVAL = 60.0


class Tally:
    """Counts what is handed on, and tells it once a minute with how far behind the last was."""

    def __init__(
        self, timer: Timer, clock: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        self._timer = timer
        self._clock = clock
        self._say = say
        self._start_minute()

    def count(self, event: Wanted) -> None:
        """Count an event that is wanted."""
        if isinstance(event, Malformed):
            self._malformed += 1
        elif isinstance(event, Delete):
            self._deletes += 1
        elif event.is_wordless:
            self._wordless += 1
        else:
            self._posts += 1

    def tell_if_due(self, time_us: int | None) -> None:
        """Tell the counts if a minute is over; the time is that of the last event."""
        if self._timer.now() - self._began_at < _INTERVAL:
            return
        parts = [f"{self._posts:,} posts ({self._wordless:,} without text skipped)"]
        parts.append(f"{self._deletes:,} deletes")
        if self._malformed:
            parts.append(f"{self._malformed:,} that make no sense")
        if time_us is not None:
            behind = (self._clock() - read_time(time_us)).total_seconds()
            parts.append(f"{max(behind, 0.0):,.1f} s behind")
        self._say(", ".join(parts))
        self._start_minute()

    def _start_minute(self) -> None:
        self._began_at = self._timer.now()
        self._posts = self._wordless = self._deletes = self._malformed = 0
