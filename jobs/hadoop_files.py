"""The data root as a writer needs it: the few Hadoop operations that Spark has no words for."""

import time
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class HadoopEntry:
    """A file or folder: its path relative to the root, and its time of change in ms."""

    path: str
    modified_ms: int


class HadoopFiles:
    """A folder of any Hadoop file system; paths are relative to it.

    What is missing raises `FileNotFoundError`, what should not be there `FileExistsError`; any
    other failure of the file system raises `OSError`.
    """

    def __init__(self, spark: SparkSession, root: str) -> None:
        context = spark.sparkContext
        assert context._jvm is not None
        self._jvm: Any = context._jvm
        self._gateway: Any = context._gateway
        configuration = context._jsc.hadoopConfiguration()
        uri = self._jvm.org.apache.hadoop.fs.Path(root).toUri()
        hadoop = self._jvm.org.apache.hadoop.fs
        self._system = self._call(hadoop.FileSystem.get, uri, configuration)
        self._context = self._call(hadoop.FileContext.getFileContext, uri, configuration)
        self.root = root.rstrip("/")

    def locate(self, path: str) -> str:
        """Name a path as Spark's readers and writers need it."""
        return f"{self.root}/{path}"

    def list_folder(self, path: str) -> list[HadoopEntry]:
        """List what is directly in a folder, sorted by path; nothing if there is no such folder."""
        try:
            statuses = self._call(self._system.listStatus, self._path(path))
        except FileNotFoundError:
            return []
        prefix = f"{path}/" if path else ""
        return sorted(
            (
                HadoopEntry(prefix + status.getPath().getName(), status.getModificationTime())
                for status in statuses
            ),
            key=lambda entry: entry.path,
        )

    def walk_files(self, path: str) -> list[str]:
        """List the files below a folder, at any depth, sorted."""
        folder = self._path(path)
        base = self._system.makeQualified(folder).toUri().getPath()
        found = self._call(self._system.listFiles, folder, True)
        files = []
        while self._call(found.hasNext):
            location = self._call(found.next).getPath().toUri().getPath()
            files.append(path + location.removeprefix(base))
        return sorted(files)

    def read(self, path: str) -> bytes:
        """Read a whole file."""
        stream = self._call(self._system.open, self._path(path))
        try:
            return bytes(self._call(self._jvm.org.apache.commons.io.IOUtils.toByteArray, stream))
        finally:
            stream.close()

    def write(self, path: str, content: bytes) -> None:
        """Write a new file; `FileExistsError` if it is there already, whoever was faster."""
        stream = self._call(self._system.create, self._path(path), False)
        self._call(stream.write, bytearray(content))
        self._call(stream.close)

    def copy_in(self, local: str, path: str) -> None:
        """Copy a folder of this machine, a `file:` address, over whatever is at a path."""
        self.delete(path)
        source = self._jvm.org.apache.hadoop.fs.Path(local)
        self._call(self._system.copyFromLocalFile, False, True, source, self._path(path))

    def rename(self, source: str, target: str, overwrite: bool = False) -> None:
        """Move a file or folder in one step, its new parent folder made before."""
        parent = target.rpartition("/")[0]
        self._call(self._system.mkdirs, self._path(parent))
        option = self._jvm.org.apache.hadoop.fs.Options.Rename
        options = self._gateway.new_array(option, 1)
        options[0] = option.OVERWRITE if overwrite else option.NONE
        self._call(self._context.rename, self._path(source), self._path(target), options)

    def touch(self, path: str) -> None:
        """Set a file's time of change to now."""
        self._call(self._system.setTimes, self._path(path), int(time.time() * 1000), -1)

    def delete(self, path: str) -> None:
        """Delete a file or a folder with all that is in it, if it is there."""
        self._call(self._system.delete, self._path(path), True)

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(self.locate(path) if path else self.root)

    def _call(self, method: Any, *arguments: object) -> Any:
        try:
            return method(*arguments)
        except Py4JJavaError as error:
            raise _translate(error) from error


def _translate(error: Py4JJavaError) -> OSError:
    name = error.java_exception.getClass().getSimpleName()
    message = str(error.java_exception.getMessage())
    if name in ("FileNotFoundException", "NoSuchFileException"):
        return FileNotFoundError(message)
    if name in ("FileAlreadyExistsException", "AlreadyBeingCreatedException"):
        return FileExistsError(message)
    if name == "RemoteException" and "AlreadyBeingCreatedException" in message:
        return FileExistsError(message)
    return OSError(f"{name}: {message}")
