"""Reads the stored deletions that may concern the kept tweets: each file once, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from access.stored_files import StoredEntry, StoredFiles
from dashboard.hour_folders import (
    UnreadableFileError,
    list_hours,
    list_parquet,
    read_rows,
    stamp_folder,
)
from dashboard.tweets import StoredTweet, TweetKey
from models.datasets import DELETIONS, locate_hour

DELETIONS_SCHEMA = pa.schema(
    [pa.field("source", pa.string()), pa.field("id", pa.string(), nullable=False)]
)


@dataclass
class _Hour:
    """An hour folder as last listed; `stamp` is None while it has to be listed again."""

    stamp: int | None = None
    files: list[StoredEntry] = field(default_factory=list)
    read_names: set[str] = field(default_factory=set)
    deleted: set[TweetKey] = field(default_factory=set)


class DeletionsReader:
    """Knows which tweets were deleted, as far back as it was asked the last time.

    One read opens at most `files_per_read` files; `is_behind` says that there are more. A tweet may
    have been created, by its own clock, up to `max_ahead` after its deletion was received.
    """

    def __init__(
        self, stored_files: StoredFiles, files_per_read: int, max_ahead: timedelta
    ) -> None:
        self._stored_files = stored_files
        self._files_per_read = files_per_read
        self._max_ahead = max_ahead
        self._hours: dict[str, _Hour] = {}
        self._damaged_paths: set[str] = set()
        self.problems: list[str] = []
        self.is_behind = False

    def read(self, oldest_created_at: datetime, now: datetime) -> None:
        """Read what has come that may delete a tweet of that time or a later one."""
        self.problems = []
        received_from = oldest_created_at - self._max_ahead
        self._hours = self._look_at_hours(received_from, now)
        # A file is written after the receipt of all that is in it.
        unread = [
            (file, hour)
            for hour in self._hours.values()
            for file in hour.files
            if file.name not in hour.read_names
            and file.modified_ms >= received_from.timestamp() * 1000
        ]
        # What was found damaged is tried again, but holds up nothing else.
        unread.sort(key=lambda found: (found[0].path in self._damaged_paths, -found[0].modified_ms))
        for file, hour in unread[: self._files_per_read]:
            self._read_file(file, hour)
        waiting = unread[self._files_per_read :]
        left = sum(file.path not in self._damaged_paths for file, _ in waiting)
        self.is_behind = left > 0
        if self.is_behind:
            self.problems.append(f"New tweets wait until {left} more files of deletions are read.")

    def find_deleted(self, tweets: Iterable[StoredTweet]) -> set[TweetKey]:
        """Tell which of the tweets are deleted."""
        keys = {tweet.key for tweet in tweets}
        return set().union(*(keys & hour.deleted for hour in self._hours.values()))

    def _look_at_hours(self, received_from: datetime, now: datetime) -> dict[str, _Hour]:
        """List the files of the hours from a time on, where they may have changed."""
        hours: dict[str, _Hour] = {}
        oldest = locate_hour(DELETIONS, received_from)
        for folder in list_hours(self._stored_files, DELETIONS, received_from.date()):
            if folder.path < oldest:
                break
            hour = self._hours.get(folder.path, _Hour())
            if hour.stamp != folder.modified_ms:
                hour.files = list_parquet(self._stored_files, folder.path)
                hour.stamp = stamp_folder(folder, now)
            hours[folder.path] = hour
        return hours

    def _read_file(self, file: StoredEntry, hour: _Hour) -> None:
        """Read a file; what cannot be read stays unread."""
        try:
            rows = read_rows(self._stored_files, file.path, DELETIONS_SCHEMA)
        except FileNotFoundError:
            return
        except UnreadableFileError as error:
            self.problems.append(str(error))
            self._damaged_paths.add(file.path)
            return
        hour.deleted.update(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        hour.read_names.add(file.name)
