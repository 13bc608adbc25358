"""The lease: one writer below a data root, whoever else is started."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from jobs.hadoop_files import HadoopFiles
from models.datasets import LEASE


class LeaseTaken(Exception):
    """Another writer holds the lease; the message names it and what to do."""


class LeaseLost(Exception):
    """Another writer has taken the lease over; nothing more may be written."""


class Lease:
    """An exclusive file below the data root, touched while its holder lives.

    `holder` is unique to this writer. A lease that nobody touched for `seconds` is stale: its
    holder is gone, and the next writer takes it over.
    """

    def __init__(self, files: HadoopFiles, seconds: float) -> None:
        self.holder = uuid4().hex[:12]
        self._files = files
        self._seconds = seconds
        self._released = threading.Event()
        self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)

    def acquire(self, wait: Callable[[float], None] = time.sleep) -> None:
        """Take the lease and keep it fresh; `LeaseTaken` if a living writer holds it.

        Taking over from a writer that is gone lasts up to 1.2 x `seconds`, unless it ran on this
        machine.
        """
        try:
            self._files.write(LEASE, self._describe())
        except FileExistsError:
            self._await_stale(wait)
            self._take_over()
        self._renewer.start()

    def check(self) -> None:
        """Raise `LeaseLost` if the lease is no longer ours."""
        if self._read_holder().get("holder") != self.holder:
            raise LeaseLost(
                f"The lease {self._files.locate(LEASE)} was taken over by another job; "
                "this one has stopped writing."
            )

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        self._released.set()
        self._renewer.join()
        if self._read_holder().get("holder") == self.holder:
            self._files.delete(LEASE)

    def _describe(self) -> bytes:
        return json.dumps(
            {
                "holder": self.holder,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "pid_space": _name_pid_space(),
            }
        ).encode()

    def _read_holder(self) -> dict[str, object]:
        try:
            return dict(json.loads(self._files.read(LEASE)))
        except (FileNotFoundError, ValueError):
            return {}

    def _await_stale(self, wait: Callable[[float], None]) -> None:
        holder, first_seen = self._read_holder(), self._read_change()
        if _is_gone(holder):
            return
        step = self._seconds / 5
        for _ in range(6):
            wait(step)
            change = self._read_change()
            if change is None:
                return
            if change != first_seen:
                raise LeaseTaken(
                    f"Another job writes to {self._files.root} (process {holder.get('pid')} on "
                    f"{holder.get('host')}): stop it, or give this one another TWEETS_DATA_ROOT."
                )

    def _read_change(self) -> int | None:
        entries = {entry.path: entry.modified_ms for entry in self._files.list_folder("")}
        return entries.get(LEASE)

    def _take_over(self) -> None:
        candidate = f"{LEASE}.{self.holder}"
        self._files.write(candidate, self._describe())
        self._files.rename(candidate, LEASE, overwrite=True)
        self.check()

    def _renew(self) -> None:
        while not self._released.wait(self._seconds / 4):
            try:
                self.check()
                self._files.touch(LEASE)
            except LeaseLost:
                return
            except OSError:
                continue  # The file system is away: the next batch will say so.


def _is_gone(holder: dict[str, object]) -> bool:
    pid = holder.get("pid")
    if not isinstance(pid, int) or holder.get("pid_space") != _name_pid_space():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _name_pid_space() -> str:
    """Name what a process id counts in: machines and containers may share a host name."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()
