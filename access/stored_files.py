"""The files below the data root, listed and read without Spark: over WebHDFS or locally."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import hdfs
import requests

from access.hdfs.access import HdfsAccess, split_root
from access.hdfs.namenodes import (
    BROKEN,
    NameNodes,
    NoActiveNameNode,
    explain_failure,
    is_of_datanode,
)

CHUNK_BYTES = 1 << 20
# The NameNode may name a DataNode that has just died, and names them in random order.
READ_ATTEMPTS = 4
# A NameNode whose machine dies is replaced in about a quarter of a minute.
FAILOVER_SECONDS = 30
_FAILURES = (hdfs.HdfsError, requests.RequestException, NoActiveNameNode, KeyError)


class StorageUnavailable(Exception):
    """The data root cannot be reached; the message says which and why."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A file or folder: its path relative to the data root, bytes, and time of change in ms.

    A folder changes when something is put into it, replaced or removed directly in it.
    """

    path: str
    is_folder: bool
    size: int
    modified_ms: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class StoredFiles(Protocol):
    """The data root as a reader sees it.

    A path that is not there raises `FileNotFoundError`, a storage that cannot be reached
    `StorageUnavailable`.
    """

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""

    def read_file(self, path: str) -> bytes:
        """Read a whole file."""


def open_stored_files(
    data_root: str, access: HdfsAccess, patience_seconds: float = 0
) -> StoredFiles:
    """Open the data root for reading: `file:…` or a bare path locally, `hdfs://…` over WebHDFS.

    While HDFS changes its active NameNode, each call may wait for as long as the patience.
    """
    root = split_root(data_root)
    if root.is_local:
        return LocalFiles(Path(root.path))
    if root.scheme == "hdfs":
        return WebHdfsFiles(access, root.path, patience_seconds)
    raise StorageUnavailable(
        f"The data root {data_root} cannot be read without Spark: "
        "set TWEETS_DATA_ROOT to hdfs://… or file:…."
    )


class LocalFiles:
    """A data root in a local folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""
        try:
            children = sorted((self._root / path).iterdir())
        except OSError as error:
            raise self._explain(error, path) from error
        entries = []
        for child in children:
            try:
                status = child.stat()
            except FileNotFoundError:
                continue
            relative = child.relative_to(self._root).as_posix()
            modified_ms = status.st_mtime_ns // 1_000_000
            entries.append(StoredEntry(relative, child.is_dir(), status.st_size, modified_ms))
        return entries

    def read_file(self, path: str) -> bytes:
        """Read a whole file."""
        try:
            return (self._root / path).read_bytes()
        except OSError as error:
            raise self._explain(error, path) from error

    def _explain(self, error: OSError, path: str) -> Exception:
        if isinstance(error, FileNotFoundError):
            return error
        return StorageUnavailable(f"{self._root / path} cannot be read: {error.strerror}.")


class WebHdfsFiles:
    """A data root on HDFS, read over WebHDFS."""

    def __init__(self, access: HdfsAccess, root: str, patience_seconds: float = 0) -> None:
        self._named = ", ".join(access.urls)
        self._root = root.rstrip("/")
        self._namenodes = NameNodes(access, patience_seconds)

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""
        location = self._locate(path)
        try:
            listing = self._namenodes.ask(lambda client: client.list(location, status=True))
        except _FAILURES as error:
            raise self._explain(error, location) from error
        return [
            StoredEntry(
                f"{path}/{name}".lstrip("/"),
                status["type"] == "DIRECTORY",
                status["length"],
                status["modificationTime"],
            )
            for name, status in sorted(listing)
        ]

    def read_file(self, path: str) -> bytes:
        """Read a whole file."""
        location = self._locate(path)
        try:
            return self._namenodes.ask(lambda client: _read_whole(client, location))
        except _FAILURES as error:
            raise self._explain(error, location) from error

    def _locate(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/") or "/"

    def _explain(self, error: Exception, location: str) -> Exception:
        if getattr(error, "exception", None) == "FileNotFoundException":
            return FileNotFoundError(location)
        part = "A DataNode of HDFS" if isinstance(error, BROKEN) else "HDFS"
        why = explain_failure(error)
        return StorageUnavailable(f"{part} at {self._named} cannot read {location}: {why}.")


def _read_whole(client: hdfs.Client, location: str) -> bytes:
    attempts_left = READ_ATTEMPTS
    while True:
        attempts_left -= 1
        try:
            with client.read(location, chunk_size=CHUNK_BYTES) as chunks:
                return b"".join(chunks)
        except requests.RequestException as error:
            if not (attempts_left and is_of_datanode(error, client.url)):
                raise
