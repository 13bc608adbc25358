"""The time a run goes by, and waiting that Ctrl-C or SIGTERM cuts short."""

import signal
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Protocol


class Timer(Protocol):
    """Seconds that never jump, a wait, and whether somebody has asked to stop."""

    @property
    def stopped(self) -> bool:
        """Say whether somebody has asked to stop."""

    def now(self) -> float:
        """Tell the seconds since some fixed moment."""

    def wait(self, seconds: float) -> None:
        """Wait that long, or less if somebody asks to stop."""


class SignalTimer:
    """The real time, stopped by Ctrl-C and SIGTERM; made in the main thread, once."""

    def __init__(self) -> None:
        self.stopped = False
        # Unlike an Event, a SimpleQueue may be used in a signal handler that interrupts its reader.
        self._requests: SimpleQueue[int] = SimpleQueue()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._request_stop)

    def now(self) -> float:
        """Tell the seconds since some fixed moment."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait that long, or less if somebody asks to stop."""
        with suppress(Empty):
            self._requests.get(timeout=seconds)

    def _request_stop(self, number: int, _frame: FrameType | None) -> None:
        self.stopped = True
        self._requests.put(number)
