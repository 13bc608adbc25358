"""CPU and memory of the parts of a running system, from the outside: whole trees of processes."""

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from types import TracebackType

import psutil

_INTERVAL_SECONDS = 0.5

FindProcesses = Callable[[], Iterable[tuple[str, psutil.Process]]]


class UsageMeter:
    """Looks twice a second at the processes of each part, from `with` to its end.

    What a process has used before it is seen first counts if it has come since; of one that ends,
    the last half a second is lost.
    """

    def __init__(self, find_processes: FindProcesses) -> None:
        self._find = find_processes
        self._cpu_seconds: dict[tuple[str, int, float], float] = {}
        self._samples: list[tuple[float, dict[str, float]]] = []
        self.peak_bytes: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="usage", daemon=True)

    def __enter__(self) -> "UsageMeter":
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._look()

    def read_cpu_seconds(
        self, since: float | None = None, until: float | None = None
    ) -> dict[str, float]:
        """Tell the seconds of CPU of each part, of all the time or between two times since 1970."""
        first = self._interpolate(since) if since else self._samples[0][1]
        last = self._interpolate(until) if until else self._samples[-1][1]
        return {part: seconds - first.get(part, 0.0) for part, seconds in last.items()}

    def _watch(self) -> None:
        while not self._stopping.wait(_INTERVAL_SECONDS):
            self._look()

    def _look(self) -> None:
        resident: dict[str, int] = {}
        for part, process in self._find():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    key = (part, process.pid, process.create_time())
                    resident[part] = resident.get(part, 0) + process.memory_info().rss
            except psutil.Error:
                continue
            self._cpu_seconds[key] = times.user + times.system
        for part, size in resident.items():
            self.peak_bytes[part] = max(size, self.peak_bytes.get(part, 0))
        totals: dict[str, float] = {}
        for (part, _, _), seconds in self._cpu_seconds.items():
            totals[part] = totals.get(part, 0.0) + seconds
        self._samples.append((time.time(), totals))

    def _interpolate(self, moment: float) -> dict[str, float]:
        at = bisect_left(self._samples, moment, key=lambda sample: sample[0])
        if at in (0, len(self._samples)):
            return self._samples[min(at, len(self._samples) - 1)][1]
        (earlier, before), (later, after) = self._samples[at - 1 : at + 1]
        share = (moment - earlier) / (later - earlier)
        return {
            part: before.get(part, 0.0) + share * (seconds - before.get(part, 0.0))
            for part, seconds in after.items()
        }


def list_tree(pid: int) -> list[psutil.Process]:
    """List a process and all that it has started; nothing of one that has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
