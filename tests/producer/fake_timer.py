"""Time that tests turn by hand."""

from collections.abc import Callable


class FakeTimer:
    """Time that passes only while somebody waits, or `costs` seconds with each look at it."""

    def __init__(self, cost: float = 0.0) -> None:
        self.stopped = False
        self.seconds = 1000.0
        self.waits: list[float] = []
        self.on_wait: Callable[[], None] = lambda: None
        self._cost = cost

    def now(self) -> float:
        self.seconds += self._cost
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        self.on_wait()
