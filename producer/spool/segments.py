"""The files of the spool: records one behind the other, in files named by their first record."""

import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from producer.sources.live import Received
from producer.spool.records import parse_records

SUFFIX = ".segment"


@dataclass(slots=True)
class Segment:
    """A file of the records from number `first` to before `end`; the newest one still grows."""

    path: Path
    first: int
    end: int
    size: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records of one segment, whole ones: the first one's number, and where their bytes lie."""

    path: Path
    segment: int
    first: int
    end: int
    start_byte: int
    end_byte: int

    def read(self) -> Iterator[tuple[int, Received]]:
        """Read the records with their numbers; raises `BrokenRecord`."""
        for number, (received, _) in enumerate(parse_records(self._read_bytes()), self.first):
            yield number, received

    def _read_bytes(self) -> bytes:
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.start_byte)
                return file.read(self.end_byte - self.start_byte)
        except FileNotFoundError:
            # Removed meanwhile, so all its records are settled.
            return b""


class Segments:
    """The segments in their order, at least one; the last is written to. Not for threads at once.

    What is written is with the operating system at once: a process that is killed loses nothing.
    """

    def __init__(
        self, folder: Path, segment_bytes: int, found: list[Segment], position: int
    ) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._segments = found
        self.size = sum(segment.size for segment in found)
        self._full_files: list[FileIO] = []
        # Numbers before the position count as settled, so none of them is given again.
        if not found or found[-1].end < position:
            self._file = self._add_segment(position)
        else:
            self._file = FileIO(found[-1].path, "a")

    def append(self, record: bytes) -> None:
        """Write a record behind all others; after an `OSError` it is as if nothing had happened."""
        newest = self._segments[-1]
        if newest.size and newest.size + len(record) > self._segment_bytes:
            full_file, self._file = self._file, self._add_segment(newest.end)
            self._full_files.append(full_file)
            newest = self._segments[-1]
        try:
            written = 0
            while written < len(record):
                written += self._file.write(record[written:])
        except OSError:
            self._file.truncate(newest.size)
            raise
        newest.size += len(record)
        newest.end += 1
        self.size += len(record)

    def find_stretch(self, after: Stretch | None, position: int) -> Stretch | None:
        """Find the records to read after others, beginning with the segment of the position."""
        segment_number = after.segment if after else 0
        begin = bisect_left(self._segments, segment_number, key=lambda segment: segment.first)
        for segment in self._segments[begin:]:
            first, start_byte = segment.first, 0
            if after and segment.first == after.segment:
                first, start_byte = after.end, after.end_byte
            if segment.size > start_byte and segment.end > position:
                return Stretch(
                    segment.path, segment.first, first, segment.end, start_byte, segment.size
                )
        return None

    def measure_pending(self, position: int) -> int:
        """Count the bytes of the segments that cannot be removed while this is the position."""
        return self.size - sum(segment.size for segment in self._list_settled(position))

    def shrink(self, limit_bytes: int, position: int) -> None:
        """Remove the oldest segments without records from the position on, down to the limit."""
        for segment in self._list_settled(position):
            if self.size <= limit_bytes:
                break
            segment.path.unlink(missing_ok=True)
            self._segments.remove(segment)
            self.size -= segment.size

    def take_files(self) -> tuple[list[FileIO], FileIO]:
        """Hand over the files that are full, to be flushed and closed, and the one in use."""
        full_files, self._full_files = self._full_files, []
        return full_files, self._file

    def close(self) -> None:
        """Let go of the files."""
        for file in (*self._full_files, self._file):
            file.close()

    def _list_settled(self, position: int) -> list[Segment]:
        return [segment for segment in self._segments[:-1] if segment.end <= position]

    def _add_segment(self, first: int) -> FileIO:
        path = self._folder / f"{first:020}{SUFFIX}"
        file = FileIO(path, "a")
        self._segments.append(Segment(path, first, first, 0))
        return file


def flush(folder: Path, full_files: list[FileIO], file: FileIO) -> None:
    """Bring files, and the names of new ones, to the disk; close those that are full."""
    for full_file in full_files:
        os.fsync(full_file.fileno())
        full_file.close()
    os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
