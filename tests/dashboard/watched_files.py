"""A data root that tells what was asked of it, and a clock that tests set."""

from collections.abc import Callable
from datetime import datetime

from stored_data import NOW, DataRoot

from access.stored_files import LocalFiles, StorageUnavailable, StoredEntry


class WatchedFiles(LocalFiles):
    """A local data root that notes each call, and that tests can take away or interrupt."""

    def __init__(self, data_root: DataRoot) -> None:
        super().__init__(data_root.path)
        self.is_away = False
        self.read_paths: list[str] = []
        self.listed_paths: list[str] = []
        self.before_read: Callable[[str], object] = lambda path: None

    def list_folder(self, path: str) -> list[StoredEntry]:
        if self.is_away:
            raise StorageUnavailable("HDFS is away.")
        self.listed_paths.append(path)
        return super().list_folder(path)

    def read_file(self, path: str) -> bytes:
        self.read_paths.append(path)
        self.before_read(path)
        return super().read_file(path)


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time
