"""The minute after which a source tells what has come, in its pauses as well."""

from collections.abc import Callable

from producer.timer import Timer

_SECONDS = 60.0


class Minute:
    """The minute that is running."""

    def __init__(self, timer: Timer) -> None:
        self._timer = timer
        self.start()

    def start(self) -> None:
        """Let the next one run, from now on."""
        self._ends_at = self._timer.now() + _SECONDS

    @property
    def is_over(self) -> bool:
        """Say whether it is time to tell."""
        return self._timer.now() >= self._ends_at

    def wait(self, seconds: float, tell_if_due: Callable[[], None]) -> None:
        """Wait that long, or less if somebody asks to stop, and tell whenever a minute is over."""
        while True:
            tell_if_due()
            part = max(min(seconds, self._ends_at - self._timer.now()), 0.0)
            self._timer.wait(part)
            seconds -= part
            if seconds <= 0 or self._timer.stopped:
                return
