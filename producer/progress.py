"""Shows how far a run is: one line that renews itself on a terminal, plain lines elsewhere."""

from typing import TextIO

from producer.publish import Progress
from producer.timer import Timer

_TERMINAL_SECONDS = 0.5
_PLAIN_SECONDS = 10.0
# A silence shorter than this is not worth a word.
_SILENCE_SECONDS = 2.0


class ProgressLine:
    """Writes progress to a stream, no more often than the kind of stream bears."""

    def __init__(self, stream: TextIO, timer: Timer) -> None:
        self._stream = stream
        self._timer = timer
        self._is_terminal = stream.isatty()
        self._interval = _TERMINAL_SECONDS if self._is_terminal else _PLAIN_SECONDS
        self._shown_at = timer.now()
        self._delivered_before = 0

    def show_progress(self, progress: Progress) -> None:
        """Write the progress if it is time."""
        elapsed = self._timer.now() - self._shown_at
        if elapsed < self._interval:
            return
        rate = (progress.delivered - self._delivered_before) / elapsed
        self._shown_at += elapsed
        self._delivered_before = progress.delivered
        line = (
            f"delivered {progress.delivered}, failed {progress.failed}, "
            f"{rate:.1f} per second, {progress.in_flight} in flight"
        )
        if progress.silent_seconds >= _SILENCE_SECONDS:
            line += f", waiting for Kafka since {progress.silent_seconds:.0f} s"
        self._write(f"\r\033[K{line}" if self._is_terminal else f"{line}\n")

    def clear(self) -> None:
        """Leave the line to somebody else; the next progress is written anew."""
        if self._is_terminal:
            self._write("\r\033[K")

    def show_result(self, delivered: int, failed: int) -> None:
        """Write the last line, the same on every stream: `delivered 123, failed 0`."""
        self.clear()
        self._write(f"delivered {delivered}, failed {failed}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
