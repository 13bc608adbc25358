import pytest

from producer.message import KEPT_OF_LONGER, LONGEST_LINE
from producer.sources.x.lines import Line, LineSplitter


def split(*pieces: bytes) -> tuple[list[bytes], bool]:
    splitter = LineSplitter()
    lines = [line.content for piece in pieces for line in splitter.split(piece)]
    return lines, splitter.has_half_line


@pytest.mark.parametrize(
    ("pieces", "lines", "has_half_line"),
    [
        ([b"a\r\nb\r\n"], [b"a", b"b"], False),
        ([b"a\nb\n"], [b"a", b"b"], False),
        ([b"a", b"b", b"c\r", b"\nd"], [b"abc"], True),
        ([b"\r\n", b"\r", b"\n\r\n"], [], False),
        ([b"a\r\n\r\n\r\nb\r\n\r"], [b"a", b"b"], False),
        ([b"a\rb\r\n"], [b"a\rb"], False),
        ([b"\xff\x00\r\n"], [b"\xff\x00"], False),
        ([], [], False),
    ],
)
def test_lines_end_where_x_ends_them(
    pieces: list[bytes], lines: list[bytes], has_half_line: bool
) -> None:
    assert split(*pieces) == (lines, has_half_line)


@pytest.mark.parametrize("size", [1, 7, 1000, 65_536])
def test_it_does_not_matter_how_a_line_is_cut_into_pieces(size: int) -> None:
    content = b"first\r\n" + b"x" * LONGEST_LINE + b"\r\nlast\r\n"
    if size < 1000:
        content = content[: 50 * size] + b"\r\nlast\r\n"
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    assert split(*pieces) == split(content)


def test_of_a_line_that_is_too_long_the_beginning_comes_once() -> None:
    splitter = LineSplitter()
    piece = b"x" * (LONGEST_LINE // 4 + 1)
    lines = [line for _ in range(20) for line in splitter.split(piece)]
    assert lines == [Line(b"x" * KEPT_OF_LONGER, is_cut=True)]
    assert not splitter.has_half_line
    assert list(splitter.split(b"rest\r\nafter\r\n")) == [Line(b"after")]


def test_a_line_may_be_half_a_megabyte_long() -> None:
    longest = b"x" * LONGEST_LINE
    assert list(LineSplitter().split(longest + b"\n")) == [Line(longest)]
