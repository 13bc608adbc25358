"""Reads the newest stored tweets: each file once, newest hours and newest files first."""

import math
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from access.stored_files import StoredEntry, StoredFiles
from dashboard.hour_folders import (
    UnreadableFileError,
    list_hours,
    list_parquet,
    read_rows,
    stamp_folder,
)
from dashboard.tweets import TWEETS_SCHEMA, StoredTweet, merge_newest, take_newest
from models.datasets import TWEETS

FILE_SCHEMA = TWEETS_SCHEMA.append(pa.field("received_at", pa.timestamp("us", "UTC")))


@dataclass
class _Hour:
    """What is known of an hour folder; `stamp` is None while it has to be listed again."""

    stamp: int | None = None
    names: set[str] = field(default_factory=set)
    row_count: int = 0
    oldest_read_ms: float = math.inf


@dataclass(frozen=True)
class NewestTweets:
    """The newest tweets, newest first, and when the last of all was received (aware, UTC)."""

    tweets: tuple[StoredTweet, ...] = ()
    newest_received_at: datetime | None = None


class TweetsReader:
    """Keeps the newest tweets as they were last read.

    One read opens at most `files_per_read` files, so that a long history does not hold up what
    is new; `is_behind` says that there is more to read.
    """

    def __init__(self, stored_files: StoredFiles, keep_tweets: int, files_per_read: int) -> None:
        self._stored_files = stored_files
        self._keep_tweets = keep_tweets
        self._files_per_read = files_per_read
        self._hours: dict[str, _Hour] = {}
        self.newest = NewestTweets()
        self.problems: list[str] = []
        self.is_behind = False

    def read(self, now: datetime) -> NewestTweets:
        """Read what has come since the last time; the same object if nothing has."""
        self.problems = []
        files_left = self._files_per_read
        row_count = 0
        visited: dict[str, _Hour] = {}
        for folder in list_hours(self._stored_files, TWEETS):
            hour = self._hours.setdefault(folder.path, _Hour())
            visited[folder.path] = hour
            if hour.stamp != folder.modified_ms:
                files = list_parquet(self._stored_files, folder.path)
                if not hour.names.issubset(file.name for file in files):
                    return self._start_over()
                files_left -= self._read_hour(files, hour, files_left)
                is_complete = len(hour.names) == len(files)
                hour.stamp = stamp_folder(folder, now) if is_complete else None
            row_count += hour.row_count
            if row_count >= self._keep_tweets or files_left <= 0:
                break
        if any(path not in visited and path > min(visited, default="") for path in self._hours):
            return self._start_over()
        self._hours = visited
        self.is_behind = files_left <= 0
        return self.newest

    def _read_hour(self, files: list[StoredEntry], hour: _Hour, files_left: int) -> int:
        """Read the newest of the files not known yet; return how many were opened.

        Enough tweets of an hour make its older files superfluous.
        """
        opened = 0
        new_rows = 0
        unknown = [file for file in files if file.name not in hour.names]
        for file in sorted(unknown, key=lambda file: file.modified_ms, reverse=True):
            is_older = file.modified_ms < hour.oldest_read_ms
            if max(new_rows, hour.row_count * is_older) >= self._keep_tweets:
                hour.names.add(file.name)
            elif opened < files_left:
                opened += 1
                new_rows += self._read_file(file, hour)
        return opened

    def _read_file(self, file: StoredEntry, hour: _Hour) -> int:
        """Read a file and return its number of rows; what cannot be read stays unknown."""
        try:
            rows = read_rows(self._stored_files, file.path, FILE_SCHEMA)
        except FileNotFoundError:
            return 0
        except UnreadableFileError as error:
            self.problems.append(str(error))
            return 0
        new = take_newest(rows.select(TWEETS_SCHEMA.names), self._keep_tweets)
        received = pc.max(rows["received_at"]).as_py()
        known_received = self.newest.newest_received_at
        self.newest = NewestTweets(
            merge_newest(self.newest.tweets, new, self._keep_tweets),
            max(filter(None, (known_received, received)), default=None),
        )
        hour.names.add(file.name)
        hour.row_count += rows.num_rows
        hour.oldest_read_ms = min(hour.oldest_read_ms, file.modified_ms)
        return int(rows.num_rows)

    def _start_over(self) -> NewestTweets:
        """Forget all, as files were removed; what was known stands until the next read."""
        known = self.newest
        self.newest = NewestTweets()
        self._hours = {}
        self.is_behind = True
        return known
