"""A part of the demo as a child process, its output kept in a bounded log."""

import contextlib
import logging.handlers
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOG_BYTES = 5 << 20
KILL_SECONDS = 3


class Child:
    """A command of ours that runs until it is stopped.

    `on_line` gets each line that it prints, from another thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        on_line: Callable[[str], None],
    ) -> None:
        self.name = name
        self.log = log
        self._on_line = on_line
        # A session of its own: Ctrl-C at the terminal is for the demo, which stops its parts in
        # order.
        self._process = subprocess.Popen(
            command,
            env=environment,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, name=name, daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.poll()

    def stop(self, number: signal.Signals, grace_seconds: float) -> bool:
        """Ask it to end and kill what is left of it after some time; say whether it ended itself.

        All that it printed has been handed on when this returns.
        """
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        ended = True
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            ended = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(KILL_SECONDS)
        return ended

    def _read_output(self) -> None:
        handler = logging.handlers.RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=1)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            handler.emit(logging.makeLogRecord({"msg": line.rstrip("\n")}))
            self._on_line(line.rstrip("\n"))
        handler.close()
