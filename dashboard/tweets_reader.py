"""Reads the newest stored tweets: each file once, newest hours and newest files first."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from access.stored_files import StoredFiles
from dashboard.hour_folders import Hour, HourFolders
from dashboard.tweets import TWEETS_SCHEMA, StoredTweet, merge_newest, take_newest
from models.datasets import TWEETS

FILE_SCHEMA = TWEETS_SCHEMA.append(pa.field("received_at", pa.timestamp("us", "UTC")))


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
        self.folders = HourFolders(
            stored_files, TWEETS, FILE_SCHEMA, self._merge_rows, files_per_read
        )
        self._keep_tweets = keep_tweets
        self.newest = NewestTweets()

    @property
    def is_behind(self) -> bool:
        """Say whether there is more to read."""
        return self.folders.left_count > 0

    def read(self, now: datetime) -> NewestTweets:
        """Read what has come since the last time; the same object if nothing has."""
        visited, row_count = [], 0
        for hour in self.folders.walk(now):
            visited.append(hour)
            row_count += self._read_hour(hour)
            if row_count >= self._keep_tweets or self.is_behind:
                break
        if self.folders.keep(visited):
            # Which tweets a file held that was removed is not known any more.
            self.folders.keep([])
            self.newest = NewestTweets()
            return self.read(now)
        return self.newest

    def _read_hour(self, hour: Hour[int]) -> int:
        """Read an hour until its newest files have enough tweets; return how many these have."""
        row_count = 0
        for file in hour.files:
            if row_count >= self._keep_tweets:
                break
            if file.path not in hour.taken:
                self.folders.read(hour, file)
            row_count += hour.taken.get(file.path, 0)
        return row_count

    def _merge_rows(self, rows: pa.Table) -> int:
        """Merge the rows of a file into the newest tweets; return their number."""
        new = take_newest(rows.select(TWEETS_SCHEMA.names), self._keep_tweets)
        received = pc.max(rows["received_at"]).as_py()
        known_received = self.newest.newest_received_at
        self.newest = NewestTweets(
            merge_newest(self.newest.tweets, new, self._keep_tweets),
            max(filter(None, (known_received, received)), default=None),
        )
        return int(rows.num_rows)
