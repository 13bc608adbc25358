"""Lines of text files: plain, gzip, zstd, or standard input."""

import io
import sys
from collections.abc import Iterator

import pyarrow as pa

from producer.message import KEPT_OF_LONGER, LONGEST_LINE
from producer.sources.live import SourceError

STANDARD_INPUT = "-"


def read_lines(path: str) -> Iterator[bytes]:
    """Read the lines of a file that are not blank; of one above 512 KB, the first 64 KB.

    Raises `SourceError` if the file cannot be read, or ends before its compressed content does.
    """
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
        return sys.stdin.buffer  # type: ignore[return-value]
    # The compression is told by the ending of the name.
    return io.BufferedReader(pa.input_stream(path, compression="detect"))


def _skip_line(file: io.BufferedReader) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
