"""The time a run goes by, and waiting that a stop cuts short."""

import signal
import time
from contextlib import suppress
from queue import Empty, SimpleQueue


class Timer:
    """Seconds that never jump, a wait, and whether somebody has asked to stop."""

    def __init__(self) -> None:
        self.stopped = False
        # Unlike an Event, a SimpleQueue may be used in a signal handler that interrupts its reader.
        self._requests: SimpleQueue[None] = SimpleQueue()

    def stop_at_signals(self) -> None:
        """Let Ctrl-C and SIGTERM stop it; to be called in the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        """Ask to stop, from any thread; the wait that is running ends at once, or else the next."""
        self.stopped = True
        self._requests.put(None)

    def now(self) -> float:
        """Tell the seconds since some fixed moment."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait that long, or less if somebody asks to stop."""
        with suppress(Empty):
            self._requests.get(timeout=seconds)
