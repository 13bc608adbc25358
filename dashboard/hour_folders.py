"""The hour folders of a dataset, and the Parquet files in them."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from access.stored_files import StoredEntry, StoredFiles

_DATE = re.compile(r"date=(\d{4}-\d{2}-\d{2})", re.ASCII)
_HOUR = re.compile(r"hour=\d{2}", re.ASCII)


# Two changes within the tick of a file system's clock bear the same time.
_TICK_MS = 1_000


class UnreadableFileError(Exception):
    """A file that is there but is not what it should be; the message names it."""


def list_hours(
    stored_files: StoredFiles, dataset: str, oldest: date = date.min
) -> Iterator[StoredEntry]:
    """List the hour folders of a dataset, newest first, from an oldest date on.

    A date is listed only once the walk comes to it. What vanishes meanwhile is passed over.
    """
    for day in reversed(_list_folder(stored_files, dataset)):
        match = _DATE.fullmatch(day.name)
        if match and match[1] >= oldest.isoformat():
            for hour in reversed(_list_folder(stored_files, day.path)):
                if _HOUR.fullmatch(hour.name):
                    yield hour


def stamp_folder(folder: StoredEntry, now: datetime) -> int | None:
    """Tell by which time of change a folder is known to be unchanged, None if it is too young."""
    is_settled = folder.modified_ms < now.timestamp() * 1000 - _TICK_MS
    return folder.modified_ms if is_settled else None


def list_parquet(stored_files: StoredFiles, folder: str) -> list[StoredEntry]:
    """List the Parquet files in a folder, without those that are hidden; none if it is gone."""
    return [
        entry
        for entry in _list_folder(stored_files, folder)
        if entry.name.endswith(".parquet") and not entry.name.startswith(("_", "."))
    ]


def _list_folder(stored_files: StoredFiles, path: str) -> list[StoredEntry]:
    try:
        return stored_files.list_folder(path)
    except FileNotFoundError:
        return []


def read_rows(stored_files: StoredFiles, path: str, schema: pa.Schema) -> pa.Table:
    """Read the columns of a schema from a file; raise `UnreadableFileError` if it lacks them."""
    content = stored_files.read_file(path)
    try:
        rows = pq.read_table(io.BytesIO(content), columns=schema.names)
        return rows.select(schema.names).cast(schema)
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        why = str(error).partition("\n")[0]
        raise UnreadableFileError(f"{path} is not a Parquet file of this dataset: {why}") from error
