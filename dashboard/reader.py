"""The background reader: looks at the stored datasets again and again, and swaps the snapshot."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from access.stored_files import StorageUnavailable, StoredFiles
from dashboard.counts_reader import CountsReader
from dashboard.deletions_reader import DeletionsReader
from dashboard.shown_tweets import ShownTweetsReader
from dashboard.snapshot import ComponentState, Snapshot
from dashboard.tweets_reader import TweetsReader

logger = logging.getLogger(__name__)


def read_clock() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Reading:
    """How much of the stored data to keep, and how many files of a dataset to read at once.

    `max_ahead` is how far the job lets a tweet's `created_at` lie after its receipt.
    """

    keep_days: int = 7
    keep_tweets: int = 2_000
    files_per_read: int = 100
    max_ahead: timedelta = timedelta(minutes=5)


class SnapshotReader:
    """Keeps a snapshot of the stored datasets in memory; one thread reads, any number may look.

    It holds the counts of today and of `keep_days` days before it, and the newest `keep_tweets`
    tweets, without the deleted ones. While the storage is away, the snapshot keeps its data and
    says since when and why.
    """

    def __init__(
        self,
        stored_files: StoredFiles,
        reading: Reading,
        now: Callable[[], datetime] = read_clock,
    ) -> None:
        self._counts_reader = CountsReader(stored_files, reading.keep_days)
        self._tweets_reader = ShownTweetsReader(
            TweetsReader(stored_files, reading.keep_tweets, reading.files_per_read),
            DeletionsReader(stored_files, reading.files_per_read, reading.max_ahead),
        )
        self.keep_days = reading.keep_days
        self._now = now
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        detail = "The first look at the stored data is under way."
        self.snapshot = Snapshot(
            self._counts_reader.counts,
            self._tweets_reader.shown,
            None,
            ComponentState("down", now(), detail),
        )

    def poll(self) -> bool:
        """Look at the stored datasets once and swap the snapshot; never raises.

        Say whether there is more to read at once.
        """
        known = self.snapshot
        now = self._now()
        counts, newest = known.counts, known.newest
        try:
            counts = self._counts_reader.read(now)
            newest = self._tweets_reader.read(now)
        except StorageUnavailable as error:
            storage = ComponentState("down", now, str(error))
        except Exception as error:
            logger.exception("The stored data could not be read.")
            storage = ComponentState("down", now, f"The stored data could not be read: {error!r}.")
        else:
            storage = self._judge_files(now)
        if storage.status == known.storage.status:
            storage = replace(storage, since=known.storage.since)
        is_changed = counts is not known.counts or newest is not known.newest
        self.snapshot = Snapshot(counts, newest, now if is_changed else known.changed_at, storage)
        return self._tweets_reader.is_behind and storage.status != "down"

    def _judge_files(self, now: datetime) -> ComponentState:
        problems = self._counts_reader.folders.problems + self._tweets_reader.problems
        if not problems:
            return ComponentState("ok", now, "The stored data can be read.")
        others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return ComponentState("degraded", now, problems[0] + others)

    def start(self, poll_seconds: float) -> None:
        """Poll in a thread of its own until `stop`, at once again while there is more to read."""
        self._thread = threading.Thread(
            target=self._poll_on, args=(poll_seconds,), name="snapshot-reader", daemon=True
        )
        self._thread.start()

    def _poll_on(self, poll_seconds: float) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = 0.0 if self.poll() else poll_seconds

    def stop(self, timeout_seconds: float = 1.0) -> None:
        """End the thread; one that waits for the storage for longer ends with the process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)
