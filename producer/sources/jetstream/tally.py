"""A line each minute about what has come."""

from collections.abc import Callable
from datetime import datetime

from producer.sources.jetstream.events import Delete, Malformed, Wanted, read_time
from producer.sources.minute import Minute
from producer.timer import Timer


class Tally:
    """Counts what is handed on, and tells it once a minute with how far behind the last was."""

    def __init__(
        self, timer: Timer, clock: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        self._minute = Minute(timer)
        self._clock = clock
        self._say = say
        self._clear()

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
        if not self._minute.is_over:
            return
        parts = [f"{self._posts:,} posts ({self._wordless:,} without text skipped)"]
        parts.append(f"{self._deletes:,} deletes")
        if self._malformed:
            parts.append(f"{self._malformed:,} that make no sense")
        if time_us is not None:
            behind = (self._clock() - read_time(time_us)).total_seconds()
            parts.append(f"{max(behind, 0.0):,.1f} s behind")
        self._say(", ".join(parts))
        self._minute.start()
        self._clear()

    def wait(self, seconds: float, time_us: int | None) -> None:
        """Wait that long, or less if somebody asks to stop, and tell meanwhile what is due."""
        self._minute.wait(seconds, lambda: self.tell_if_due(time_us))

    def _clear(self) -> None:
        self._posts = self._wordless = self._deletes = self._malformed = 0
