"""Reads the stored deletions that may concern the kept tweets: each file once, newest first."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pyarrow as pa

from access.stored_files import StoredFiles
from dashboard.hour_folders import HourFolders
from dashboard.tweets import StoredTweet, TweetKey
from models.datasets import DELETIONS, locate_hour

DELETIONS_SCHEMA = pa.schema(
    [pa.field("source", pa.string()), pa.field("id", pa.string(), nullable=False)]
)


class DeletionsReader:
    """Knows which tweets were deleted, as far back as it was asked the last time.

    One read opens at most `files_per_read` files; `is_behind` says that there are more. A tweet may
    have been created, by its own clock, up to `max_ahead` after its deletion was received.
    """

    def __init__(
        self, stored_files: StoredFiles, files_per_read: int, max_ahead: timedelta
    ) -> None:
        self._folders = HourFolders(
            stored_files, DELETIONS, DELETIONS_SCHEMA, _list_keys, files_per_read
        )
        self._max_ahead = max_ahead

    @property
    def is_behind(self) -> bool:
        """Say whether there is more to read."""
        return self._folders.left_count > 0

    @property
    def problems(self) -> list[str]:
        """What could not be read or waits, a sentence each."""
        if not self.is_behind:
            return self._folders.problems
        left = self._folders.left_count
        waits = f"New tweets wait until {left} more files of deletions are read."
        return [*self._folders.problems, waits]

    def read(self, oldest_created_at: datetime, now: datetime) -> None:
        """Read what has come that may delete a tweet of that time or a later one."""
        received_from = oldest_created_at - self._max_ahead
        hours = list(self._folders.walk(now, locate_hour(DELETIONS, received_from)))
        self._folders.keep(hours)
        # A file is written after the receipt of all that is in it.
        written_from_ms = received_from.timestamp() * 1000
        for hour in hours:
            for file in hour.files:
                if file.modified_ms >= written_from_ms and file.path not in hour.taken:
                    self._folders.read(hour, file)

    def find_deleted(self, tweets: Iterable[StoredTweet]) -> set[TweetKey]:
        """Tell which of the tweets are deleted."""
        keys = {tweet.key for tweet in tweets}
        hours = self._folders.hours.values()
        return {key for hour in hours for deleted in hour.taken.values() for key in keys & deleted}


def _list_keys(rows: pa.Table) -> set[TweetKey]:
    return set(zip(*(column.to_pylist() for column in rows.columns), strict=True))
