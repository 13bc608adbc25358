"""The files below the data root, listed and read without Spark: over WebHDFS or locally."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import hdfs
import requests

CONNECT_AND_READ_SECONDS = (1, 5)
CHUNK_BYTES = 1 << 20
# The NameNode may name a DataNode that has just died, and names them in random order.
READ_ATTEMPTS = 4


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


def open_stored_files(data_root: str, webhdfs_url: str) -> StoredFiles:
    """Open the data root for reading: `file:…` or a bare path locally, `hdfs://…` over WebHDFS."""
    parts = urlsplit(data_root)
    if parts.scheme in ("", "file"):
        return LocalFiles(Path(parts.path))
    if parts.scheme == "hdfs":
        return WebHdfsFiles(webhdfs_url, parts.path)
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

    def __init__(self, url: str, root: str) -> None:
        self._url = url
        self._root = root.rstrip("/")
        session = requests.Session()
        # A proxy for the internet does not lead to HDFS, least of all to loopback.
        session.trust_env = False
        self._client = hdfs.InsecureClient(url, timeout=CONNECT_AND_READ_SECONDS, session=session)

    def list_folder(self, path: str) -> list[StoredEntry]:
        """List what is directly in a folder, sorted by path."""
        try:
            listing = self._client.list(self._locate(path), status=True)
        except (hdfs.HdfsError, requests.RequestException, KeyError) as error:
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
        attempts_left = READ_ATTEMPTS
        while True:
            attempts_left -= 1
            try:
                with self._client.read(self._locate(path), chunk_size=CHUNK_BYTES) as chunks:
                    return b"".join(chunks)
            except (hdfs.HdfsError, requests.RequestException, KeyError) as error:
                if not (attempts_left and self._came_from_datanode(error)):
                    raise self._explain(error, path) from error

    def _came_from_datanode(self, error: Exception) -> bool:
        request = getattr(error, "request", None)
        namenodes = [urlsplit(url).netloc for url in self._url.split(";")]
        return request is not None and urlsplit(request.url).netloc not in namenodes

    def _locate(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/") or "/"

    def _explain(self, error: Exception, path: str) -> Exception:
        if getattr(error, "exception", None) == "FileNotFoundException":
            return FileNotFoundError(self._locate(path))
        if isinstance(error, requests.Timeout):
            why = f"no answer within {CONNECT_AND_READ_SECONDS[1]} s"
        elif isinstance(error, requests.ConnectionError):
            why = "the connection is refused or breaks"
        else:
            why = str(error).partition("\n")[0]
        part = "A DataNode of HDFS" if self._came_from_datanode(error) else "HDFS"
        return StorageUnavailable(f"{part} at {self._url} cannot read {self._locate(path)}: {why}.")
