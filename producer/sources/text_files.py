"""Lines of text: of files, plain, gzip or zstd, of standard input, and of named pipes."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pyarrow as pa

from producer.message import KEPT_OF_LONGER, LONGEST_LINE
from producer.sources.live import SourceError

STANDARD_INPUT = "-"

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_PARQUET = b"PAR1"
_READ_AHEAD = 64
_LOOK_SECONDS = 0.05


def read_lines(path: str, look_around: Callable[[], bool]) -> Iterator[bytes]:
    """Read the lines of a file that are not blank; of one above 512 KB, the first 64 KB.

    While somebody else has yet to write the next line, `look_around` is called again and again;
    once it returns `False`, there are no more lines. Raises `SourceError` if the file cannot be
    read, or ends before its compressed content does.
    """
    if path != STANDARD_INPUT and Path(path).is_file():
        return _read_file(path)
    return _read_ahead(path, look_around)


def _read_ahead(path: str, look_around: Callable[[], bool]) -> Iterator[bytes]:
    """Read in a thread of its own: after a signal, Python goes on to wait for a line."""
    # At its end, the thread puts the error it met, or `None`.
    lines: Queue[bytes | Exception | None] = Queue(_READ_AHEAD)

    def fill() -> None:
        try:
            for line in _read_file(path):
                lines.put(line)
            lines.put(None)
        except Exception as error:
            lines.put(error)

    Thread(target=fill, name="line-reader", daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_LOOK_SECONDS)
        except Empty:
            if not look_around():
                return
            continue
        if line is None:
            return
        if isinstance(line, Exception):
            raise line
        yield line


def _read_file(path: str) -> Iterator[bytes]:
    try:
        with _open_file(path) as file:
            while line := file.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    _skip_line(file)
                    line = line[:KEPT_OF_LONGER]
                if stripped := line.strip():
                    yield stripped
    except (OSError, EOFError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise SourceError(f"{path} cannot be read ({reason}): name another FILE.") from None


def _open_file(path: str) -> io.BufferedReader:
    if path == STANDARD_INPUT:
        return _open_standard_input()
    file = Path(path).open("rb")  # noqa: SIM115
    if file.peek(len(_PARQUET)).startswith(_PARQUET):
        file.close()
        raise SourceError(
            f"{path} is a file of Parquet, not of lines: "
            "name the folder of stored tweets that it is from."
        )
    # The compression is told by the ending of the name.
    compression = _COMPRESSIONS.get(Path(path).suffix)
    if not compression:
        return file
    return io.BufferedReader(pa.input_stream(file, compression=compression))


def _open_standard_input() -> io.BufferedReader:
    if sys.stdin is None:
        raise OSError(None, "standard input is closed")
    # Not `sys.stdin.buffer`: Python closes it as it ends, and fails if a thread still reads it.
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _skip_line(file: io.BufferedReader) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
