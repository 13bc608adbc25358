"""Tweets that the job has stored, as the messages that they once were."""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from access.hdfs.access import HdfsAccess, HdfsAccessError
from access.stored_files import (
    FAILOVER_SECONDS,
    StorageUnavailable,
    StoredEntry,
    StoredFiles,
    open_stored_files,
)
from models.datasets import DELETIONS, TWEETS
from models.tweet import format_time
from producer.sources.live import SourceError

_COLUMNS = ["id", "text", "created_at", "user_id", "username", "name", "lang", "source"]
_FORGOTTEN = ["source", "id"]


def read_stored_tweets(folder: str, access: HdfsAccess) -> Iterator[dict[str, Any]]:
    """Read a data root, or its folder of tweets, by time of creation within each hour.

    Tweets that somebody has asked to delete are left out. One hour at a time is held in memory,
    about 1 KB for each of its tweets, beside the ids of all that is deleted. Raises `SourceError`
    if nothing is stored there, or it cannot be read.
    """
    try:
        files = _open_root(folder.rstrip("/"), access)
        forgotten = {
            (row["source"], row["id"])
            for hour in _list_hours(files, DELETIONS)
            for row in _read_hour(files, hour, _FORGOTTEN).to_pylist()
        }
        hours = _list_hours(files, TWEETS)
        if not hours:
            raise SourceError(f"{folder} holds no stored tweets: name the data root of a job.")
        for hour in hours:
            rows = _read_hour(files, hour, _COLUMNS).sort_by("created_at")
            for batch in rows.to_batches(max_chunksize=1000):
                yield from (
                    _build_message(row)
                    for row in batch.to_pylist()
                    if (row["source"], row["id"]) not in forgotten
                )
    except (HdfsAccessError, StorageUnavailable) as error:
        raise SourceError(str(error)) from None


def _open_root(folder: str, access: HdfsAccess) -> StoredFiles:
    """Open a data root, which may be called as its folder of tweets is."""
    files = open_stored_files(folder, access, FAILOVER_SECONDS)
    parent, slash, name = folder.rpartition("/")
    if name == TWEETS and not _list_hours(files, TWEETS):
        return open_stored_files(f"{parent}{slash}" or ".", access, FAILOVER_SECONDS)
    return files


def _list_hours(files: StoredFiles, dataset: str) -> list[str]:
    days = [day.path for day in _list_folder(files, dataset) if day.name.startswith("date=")]
    return [hour.path for day in days for hour in _list_folder(files, day)]


def _list_folder(files: StoredFiles, path: str) -> list[StoredEntry]:
    # The job and its upkeep may remove anything between a look at a folder and the next one.
    with suppress(FileNotFoundError):
        return files.list_folder(path)
    return []


def _read_hour(files: StoredFiles, hour: str, columns: list[str]) -> pa.Table:
    tables = [pa.table({column: [] for column in columns})]
    for entry in _list_folder(files, hour):
        if entry.name.startswith(("_", ".")):
            continue
        try:
            content = io.BytesIO(files.read_file(entry.path))
            tables.append(pq.read_table(content, columns=columns))
        except FileNotFoundError:
            continue
        except pa.ArrowException as error:
            reason = str(error).partition("\n")[0]
            raise SourceError(
                f"{entry.path} is no file of stored tweets ({reason}): move it away."
            ) from None
    return pa.concat_tables(tables, promote_options="permissive")


def _build_message(row: dict[str, Any]) -> dict[str, Any]:
    user = {"id": row["user_id"], "name": row["name"], "username": row["username"]}
    return {
        "data": {
            "id": row["id"],
            "text": row["text"],
            "created_at": format_time(row["created_at"]),
            "author_id": row["user_id"],
            "lang": row["lang"],
        },
        "includes": {"users": [user]},
        "source": row["source"],
    }
