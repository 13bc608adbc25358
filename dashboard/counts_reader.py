"""Reads the stored category counts: one small file per hour, again only when it was replaced."""

from datetime import datetime, timedelta

import pyarrow as pa

from access.stored_files import StoredFiles
from dashboard.counts import COUNTS_SCHEMA, MinuteCounts, merge_counts
from dashboard.hour_folders import HourFolders
from models.datasets import CATEGORY_COUNTS, locate_hour


class CountsReader:
    """Keeps the counts of today and of `keep_days` days before it, as they were last read."""

    def __init__(self, stored_files: StoredFiles, keep_days: int) -> None:
        self.folders = HourFolders(stored_files, CATEGORY_COUNTS, COUNTS_SCHEMA, lambda rows: rows)
        self._keep_days = keep_days
        self._tables: list[pa.Table] = []
        self.counts = merge_counts([])

    def read(self, now: datetime) -> MinuteCounts:
        """Read what has changed since the last time; the same object if nothing has."""
        oldest = (now - timedelta(days=self._keep_days)).replace(hour=0)
        hours = list(self.folders.walk(now, locate_hour(CATEGORY_COUNTS, oldest)))
        self.folders.keep(hours)
        tables = []
        for hour in hours:
            for file in hour.files:
                self.folders.read(hour, file)
                if file.path in hour.taken:
                    tables.append(hour.taken[file.path])
        if tables != self._tables:
            self._tables = tables
            self.counts = merge_counts(tables)
        return self.counts
