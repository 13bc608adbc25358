"""The hour folders of a dataset, and what is in their Parquet files, whole or damaged."""

import io
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from access.stored_files import StoredEntry, StoredFiles

_DATE = re.compile(r"date=\d{4}-\d{2}-\d{2}", re.ASCII)
_HOUR = re.compile(r"hour=\d{2}", re.ASCII)
# Two changes within the tick of a file system's clock bear the same time.
_TICK_MS = 1_000
_READ_ATTEMPTS = 3

Taken = TypeVar("Taken")


@dataclass(eq=False)
class Hour(Generic[Taken]):
    """An hour folder: its files as last listed, newest first, and what was taken from them by path.

    What was taken from a file stays when the file is gone, or was replaced by a damaged one.
    """

    path: str
    files: list[StoredEntry] = field(default_factory=list)
    taken: dict[str, Taken] = field(default_factory=dict)
    # The folder's time of change, None while it has to be listed again.
    stamp: int | None = None
    # How each file was when it was last read, by path, and why some could not be.
    tried: dict[str, StoredEntry] = field(default_factory=dict)
    damages: dict[StoredEntry, str] = field(default_factory=dict)


class HourFolders(Generic[Taken]):
    """Knows the hours of a dataset, and what `take` has taken from the rows of their files.

    One walk reads at most `files_per_walk` files; `left_count` says how many more it was to read.
    A damaged file does not count: each walk that was to read it names it in `problems`, but it is
    not read again until its size or time of change is another.
    """

    def __init__(
        self,
        stored_files: StoredFiles,
        dataset: str,
        schema: pa.Schema,
        take: Callable[[pa.Table], Taken],
        files_per_walk: float = math.inf,
    ) -> None:
        self._stored_files = stored_files
        self._dataset = dataset
        self._schema = schema
        self._take = take
        self._files_per_walk = self._files_left = files_per_walk
        self.hours: dict[str, Hour[Taken]] = {}
        self.left_count = 0
        self.problems: list[str] = []

    def walk(self, now: datetime, oldest: str = "") -> Iterator[Hour[Taken]]:
        """Go through the hours, newest first, down to the one whose path is `oldest`.

        A date is listed only once the walk comes to it, an hour only where it may have changed.
        What vanishes meanwhile is passed over.
        """
        self._files_left = self._files_per_walk
        self.left_count = 0
        self.problems = []
        for folder in self._list_hours(oldest):
            hour = self.hours.setdefault(folder.path, Hour(folder.path))
            if hour.stamp != folder.modified_ms:
                files = filter(_is_parquet, self._list_folder(folder.path))
                hour.files = sorted(files, key=lambda file: file.modified_ms, reverse=True)
                is_settled = folder.modified_ms < now.timestamp() * 1000 - _TICK_MS
                hour.stamp = folder.modified_ms if is_settled else None
            yield hour

    def read(self, hour: Hour[Taken], file: StoredEntry) -> None:
        """Take what is in a file of an hour, unless it was tried since it last changed."""
        if hour.tried.get(file.path) != file:
            if self._files_left <= 0:
                self.left_count += 1
                return
            content = self._read_file(file.path)
            if content is None:
                hour.stamp = None
                return
            try:
                hour.taken[file.path] = self._take(_parse_rows(content, self._schema))
                self._files_left -= 1
            # Values may be damaged too, such as a time that is in no calendar.
            except (pa.ArrowException, ValueError, KeyError, OSError, OverflowError) as error:
                why = str(error).partition("\n")[0]
                damage = f"{file.path} is not a Parquet file of this dataset: {why}"
                hour.damages[file] = damage
            hour.tried[file.path] = file
        if file in hour.damages:
            self.problems.append(hour.damages[file])
            # A file that is mended in place leaves its folder's time of change as it is.
            hour.stamp = None

    def keep(self, hours: list[Hour[Taken]]) -> bool:
        """Forget all hours but these, the newest; say whether files read in that time are gone."""
        oldest = min((hour.path for hour in hours), default="")
        taken = {path for hour in self.hours.values() for path in hour.taken if path > oldest}
        self.hours = {hour.path: hour for hour in hours}
        return not taken.issubset(file.path for hour in hours for file in hour.files)

    def _list_hours(self, oldest: str) -> Iterator[StoredEntry]:
        for day in reversed(self._list_folder(self._dataset)):
            if _DATE.fullmatch(day.name) and day.path >= oldest.rpartition("/")[0]:
                for hour in reversed(self._list_folder(day.path)):
                    if _HOUR.fullmatch(hour.name) and hour.path >= oldest:
                        yield hour

    def _list_folder(self, path: str) -> list[StoredEntry]:
        try:
            return self._stored_files.list_folder(path)
        except FileNotFoundError:
            return []

    def _read_file(self, path: str) -> bytes | None:
        """Read a file, again if it is replaced meanwhile; None if it is gone."""
        for _ in range(_READ_ATTEMPTS):
            with suppress(FileNotFoundError):
                return self._stored_files.read_file(path)
        return None


def _is_parquet(entry: StoredEntry) -> bool:
    return entry.name.endswith(".parquet") and not entry.name.startswith(("_", "."))


def _parse_rows(content: bytes, schema: pa.Schema) -> pa.Table:
    rows = pq.read_table(io.BytesIO(content), columns=schema.names)
    rows.validate(full=True)
    return rows.select(schema.names).cast(schema)
