"""What has come, counted, and told in a line each minute, in the pauses of a source as well."""

from collections import Counter
from collections.abc import Callable, Iterable

from producer.timer import Timer

_SECONDS = 60.0


class Tally:
    """Counts things by name from one minute to the next.

    At the end of a minute, `describe` makes of the counts the parts of the line that is told; empty
    parts are left out.
    """

    def __init__(
        self,
        timer: Timer,
        describe: Callable[[Counter[str]], Iterable[str]],
        say: Callable[[str], None],
    ) -> None:
        self._timer = timer
        self._describe = describe
        self._say = say
        self._start()

    def count(self, name: str) -> None:
        """Count one thing."""
        self._counts[name] += 1

    def tell_if_due(self) -> None:
        """Tell the counts if a minute is over."""
        if self._timer.now() >= self._ends_at:
            self._say(", ".join(filter(None, self._describe(self._counts))))
            self._start()

    def wait(self, seconds: float) -> None:
        """Wait that long, or less if somebody asks to stop, and tell meanwhile what is due."""
        while True:
            self.tell_if_due()
            part = max(min(seconds, self._ends_at - self._timer.now()), 0.0)
            self._timer.wait(part)
            seconds -= part
            if seconds <= 0 or self._timer.stopped:
                return

    def _start(self) -> None:
        self._counts = Counter[str]()
        self._ends_at = self._timer.now() + _SECONDS


def describe_some(number: int, what: str) -> str:
    """Say how many there were, or nothing if there were none."""
    return f"{number:,} {what}" if number else ""


def describe_delay(seconds: float) -> str:
    """Say how far behind a source is; a clock that is ahead of ours makes it no less than 0."""
    return f"{max(seconds, 0.0):,.1f} s behind"
