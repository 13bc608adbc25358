"""Reads a live source in a thread of its own, so that a slow Kafka never makes the reader slow."""

import math
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from producer.message import KEPT_OF_LONGER, LONGEST_VALUE
from producer.sources.live import LiveSource, Received
from producer.spool.spool import Spool, SpoolClosed, SpoolFull
from producer.timer import Timer

_ROOM_SECONDS = 0.5
_STOP_SECONDS = 0.5


class LiveReader:
    """Moves what a live source reads into the spool, until the source ends or is stopped.

    It reads `most` new messages, or without end. While the spool is full, the source is not
    connected: what it cannot repeat later is lost, and that is said.
    """

    def __init__(
        self,
        source: LiveSource,
        spool: Spool,
        timer: Timer,
        say: Callable[[str], None],
        most: int | None = None,
    ) -> None:
        self._source = source
        self._spool = spool
        self._timer = timer
        self._say = say
        self._left = math.inf if most is None else most
        self._held: Received | None = None
        self._thread = threading.Thread(target=self._run, name="live-reader", daemon=True)
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; a connection that is silent may end only with the process."""
        self._timer.stop()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            while not self._timer.stopped and self._read_until_full():
                self._wait_for_room()
            self._store_held()
        except SpoolClosed:
            pass
        except SpoolFull as error:
            self._say(f"{error} The last message that was read is not kept.")
        except Exception as error:
            self.failure = error
        finally:
            self._spool.finish()

    def _read_until_full(self) -> bool:
        """Read; say whether the spool is full, not whether the source or the run has ended."""
        try:
            self._store_held()
            if self._left <= 0:
                return False
            with closing(self._source.read(self._spool.cursor)) as stream:
                for received in stream:
                    self._store(received)
                    if self._left <= 0:
                        break
        except SpoolFull as error:
            self._say(f"{error} Reading stops until there is room.")
            return True
        return False

    def _store(self, received: Received) -> None:
        if len(received.value) > LONGEST_VALUE:
            self._say(f"A message above {LONGEST_VALUE:,} bytes has come; its beginning goes on.")
            received = replace(received, value=received.value[:KEPT_OF_LONGER])
        self._held = received
        self._left -= self._spool.append(received)
        self._held = None

    def _store_held(self) -> None:
        if self._held:
            self._store(self._held)

    def _wait_for_room(self) -> None:
        began = self._timer.now()
        while not self._spool.has_room() and not self._timer.stopped:
            self._timer.wait(_ROOM_SECONDS)
        if not self._timer.stopped:
            self._say(
                f"The spool has room again; nothing was read for {self._timer.now() - began:.0f} s."
            )
