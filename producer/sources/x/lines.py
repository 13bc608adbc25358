"""Cuts what comes over a connection into lines, without ever holding much of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from producer.message import KEPT_OF_LONGER, LONGEST_LINE


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; of one that was too long (`is_cut`), the beginning."""

    content: bytes
    is_cut: bool = False


class LineSplitter:
    """Joins the pieces of a connection to lines; holds at most one of 512 KB."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_skipping = False

    @property
    def has_half_line(self) -> bool:
        """Say whether a line has begun whose end has not come."""
        return bool(self._held.strip())

    def split(self, piece: bytes) -> Iterator[Line]:
        """Hand on the lines that end within a piece, and the beginning of one that is too long.

        Blank lines, which only say that the connection lives, are left out.
        """
        *ends, rest = piece.split(b"\n")
        for end in ends:
            yield from self._hold(end)
            content = bytes(self._held.strip())
            self._held.clear()
            self._is_skipping = False
            if content:
                yield Line(content)
        yield from self._hold(rest)

    def _hold(self, part: bytes) -> Iterator[Line]:
        if self._is_skipping:
            return
        self._held += part
        if len(self._held) > LONGEST_LINE:
            beginning = bytes(self._held[:KEPT_OF_LONGER])
            self._held.clear()
            self._is_skipping = True
            yield Line(beginning, is_cut=True)
