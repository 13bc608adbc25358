"""Reads the stored category counts: one small file per hour, again only when it was replaced."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from access.stored_files import StoredEntry, StoredFiles
from dashboard.counts import COUNTS_SCHEMA, MinuteCounts, merge_counts
from dashboard.hour_folders import (
    UnreadableFileError,
    list_hours,
    list_parquet,
    read_rows,
    stamp_folder,
)
from models.datasets import CATEGORY_COUNTS

READ_ATTEMPTS = 3


@dataclass(eq=False)
class _Hour:
    """An hour as last read; `stamp` is None while its folder has to be listed again."""

    stamp: int | None
    files: list[StoredEntry]
    rows: pa.Table


class CountsReader:
    """Keeps the counts of today and of `keep_days` days before it, as they were last read."""

    def __init__(self, stored_files: StoredFiles, keep_days: int) -> None:
        self._stored_files = stored_files
        self._keep_days = keep_days
        self._hours: dict[str, _Hour] = {}
        self.counts = merge_counts([])
        self.problems: list[str] = []

    def read(self, now: datetime) -> MinuteCounts:
        """Read what has changed since the last time; the same object if nothing has."""
        self.problems = []
        hours: dict[str, _Hour] = {}
        oldest = now.date() - timedelta(days=self._keep_days)
        for folder in list_hours(self._stored_files, CATEGORY_COUNTS, oldest):
            known = self._hours.get(folder.path)
            if known is not None:
                hours[folder.path] = known
            if known is None or known.stamp != folder.modified_ms:
                try:
                    hour = self._read_hour(folder, known)
                except UnreadableFileError as error:
                    self.problems.append(str(error))
                else:
                    hour.stamp = stamp_folder(folder, now)
                    hours[folder.path] = hour
        if hours != self._hours:
            self.counts = merge_counts(hour.rows for hour in hours.values())
            self._hours = hours
        return self.counts

    def _read_hour(self, folder: StoredEntry, known: _Hour | None) -> _Hour:
        """Read an hour if its files changed, again if they vanish or are replaced meanwhile."""
        problem = UnreadableFileError(f"{folder.path} changes faster than it can be read.")
        for _ in range(READ_ATTEMPTS):
            files = list_parquet(self._stored_files, folder.path)
            if known is not None and known.files == files:
                return known
            try:
                rows = [read_rows(self._stored_files, file.path, COUNTS_SCHEMA) for file in files]
            except FileNotFoundError:
                continue
            except UnreadableFileError as error:
                problem = error
            else:
                return _Hour(None, files, pa.concat_tables([COUNTS_SCHEMA.empty_table(), *rows]))
        raise problem
