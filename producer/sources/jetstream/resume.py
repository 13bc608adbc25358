"""Where reading goes on after a break, and what was missed in it."""

from producer.sources.jetstream.events import read_time

# The clocks of two servers differ by less; what comes twice for it is known by its identity.
_REWIND_US = 5_000_000
_NOTABLE_GAP_US = 60_000_000
_FIRST_SKIP_US = 1000
# Further back than this no server looks, so that this far ahead is now.
_LONGEST_SKIP_US = 36 * 3_600_000_000


class Position:
    """How far the stream was read, across connections.

    `time_us` is the time of the last event, in microseconds by the clock of its server.
    """

    def __init__(self, cursor: str) -> None:
        self.time_us = int(cursor) if cursor else None
        # Whose clock that is: of a cursor from an earlier run nobody knows.
        self._server: str | None = None
        self._skipped_us = 0
        self._is_resuming = True

    @property
    def cursor(self) -> str:
        """Tell the position as text, empty before the first event."""
        return "" if self.time_us is None else str(self.time_us)

    def resume(self, server: str) -> int | None:
        """Tell from where to read on a new connection to a server; `None` is from now on."""
        self._is_resuming = True
        if self.time_us is None:
            return None
        return self._find_before(server, self.time_us) + self._skipped_us

    def skip_ahead(self) -> None:
        """Resume a little later, further each time, since what comes next cannot be read."""
        self._skipped_us = min(2 * self._skipped_us or _FIRST_SKIP_US, _LONGEST_SKIP_US)

    def find_gap(self, time_us: int, server: str) -> str | None:
        """Tell what the first event of a connection shows to be missing, in a sentence."""
        if not self._is_resuming or self.time_us is None:
            return None
        if self._skipped_us:
            before = self._find_before(server, self.time_us)
            return (
                "a message larger than 1 MB was left out, and with it whatever was posted in the "
                f"{self._skipped_us / 1_000_000:g} s after {_tell(before)} UTC."
            )
        gap_us = time_us - self.time_us
        if gap_us <= _NOTABLE_GAP_US:
            return None
        return (
            f"the server has nothing from {_tell(self.time_us)} to {_tell(time_us)} UTC "
            f"({_tell_duration(gap_us)}): what was posted then is missing; servers look back 36 h."
        )

    def advance(self, time_us: int, server: str) -> bool:
        """Note an event; say whether it is later than all before."""
        is_new = self.time_us is None or time_us > self.time_us
        self.time_us, self._server = time_us, server
        self._skipped_us = 0
        self._is_resuming = False
        return is_new

    def _find_before(self, server: str, time_us: int) -> int:
        return time_us if server == self._server else time_us - _REWIND_US


def _tell(time_us: int) -> str:
    return read_time(time_us).strftime("%Y-%m-%d %H:%M:%S")


def _tell_duration(duration_us: int) -> str:
    minutes = duration_us / 60_000_000
    return f"about {minutes:.0f} min" if minutes < 90 else f"about {minutes / 60:.0f} h"
