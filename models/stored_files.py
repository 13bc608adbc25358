"""The files below the data root, listed and read without Spark: over WebHDFS or in a local folder."""

import getpass
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import hdfs
import requests

CONNECT_AND_READ_SECONDS = (1, 5)


class StorageUnavailable(Exception):
    """The data root cannot be reached; the message says which and why."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A file or folder: its path relative to the data root, bytes, and time of change in ms."""

    path: str
    is_folder: bool
    size: int
    modified_ms: int


class StoredFiles(Protocol):
    """The data root as a reader sees it; a path that is not there raises `FileNotFoundError`."""

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""

    def read_file(self, path: str) -> bytes:
        """Read a whole file."""


def open_stored_files(data_root: str, webhdfs_url: str) -> StoredFiles:
    """Open the data root for reading: `file:…` or a bare path locally, `hdfs://…` over WebHDFS."""
    parts = urlsplit(data_root)
    if parts.scheme in ("", "file"):
        return LocalFiles(Path(parts.path))
    return WebHdfsFiles(webhdfs_url, parts.path)


class LocalFiles:
    """A data root in a local folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""
        entries = []
        for child in sorted((self._root / path).iterdir()):
            status = child.stat()
            relative = child.relative_to(self._root).as_posix()
            modified_ms = status.st_mtime_ns // 1_000_000
            entries.append(StoredEntry(relative, child.is_dir(), status.st_size, modified_ms))
        return entries

    def read_file(self, path: str) -> bytes:
        """Read a whole file."""
        return (self._root / path).read_bytes()


class WebHdfsFiles:
    """A data root on HDFS, read over WebHDFS."""

    def __init__(self, url: str, root: str) -> None:
        self._url = url
        self._root = root.rstrip("/")
        self._client = hdfs.InsecureClient(
            url, user=getpass.getuser(), timeout=CONNECT_AND_READ_SECONDS
        )

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""
        try:
            listing = self._client.list(self._locate(path), status=True)
        except (hdfs.HdfsError, requests.RequestException) as error:
            raise self._explain(error, path) from error
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
        try:
            with self._client.read(self._locate(path)) as reader:
                return bytes(reader.read())
        except (hdfs.HdfsError, requests.RequestException) as error:
            raise self._explain(error, path) from error

    def _locate(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")

    def _explain(self, error: Exception, path: str) -> Exception:
        if getattr(error, "exception", None) == "FileNotFoundException":
            return FileNotFoundError(self._locate(path))
        return StorageUnavailable(f"HDFS at {self._url} cannot read {self._locate(path)}: {error}")
