"""`python -m producer` as a process of its own, for tests."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULT = re.compile(r"delivered (\d+), failed (\d+)")


class ProducerProcess:
    """A running producer and what it says; it writes to files, so that it never blocks."""

    def __init__(self, arguments: tuple[str, ...], env: dict[str, str], folder: Path) -> None:
        self._stdout, self._stderr = folder / "stdout", folder / "stderr"
        with self._stdout.open("w") as stdout, self._stderr.open("w") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "producer", *arguments],
                cwd=ROOT,
                env=env,
                stdout=stdout,
                stderr=stderr,
            )

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait_for_end(self, seconds: float = 90) -> int:
        """Wait until it ends and return its exit code."""
        return self._process.wait(seconds)

    def read_lines(self) -> list[str]:
        """Read what it has printed so far."""
        return self._stdout.read_text().splitlines()

    def read_complaints(self) -> list[str]:
        """Read what it has written to stderr so far."""
        return self._stderr.read_text().splitlines()

    def read_result(self) -> tuple[int, int]:
        """Read delivered and failed from its last line."""
        match = RESULT.fullmatch(self.read_lines()[-1])
        assert match, self.read_lines()
        return int(match[1]), int(match[2])

    def wait_for_line(self, part: str) -> None:
        """Wait until it has written a line with these words, to either stream."""
        while not any(part in line for line in self.read_lines() + self.read_complaints()):
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"it ended with {self._process.wait(0.1)} without {part!r}")

    def end(self) -> None:
        """Kill it if it still runs."""
        self._process.kill()
        self._process.wait()


StartProducer = Callable[..., ProducerProcess]
