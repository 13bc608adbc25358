"""Finds out at the start what is in the segments, whatever ended the last run."""

from collections.abc import Callable
from pathlib import Path

from producer.sources.live import Received
from producer.spool.records import BrokenRecord, parse_records
from producer.spool.segments import SUFFIX, Segment

Say = Callable[[str], None]


def recover_segments(folder: Path, visit: Callable[[Received], None], say: Say) -> list[Segment]:
    """Make every segment end behind its last sound record, and visit all records in their order.

    What is damaged is kept under another name; a record that was being written at a kill is not.
    """
    paths = sorted(path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal())
    return [_recover_segment(path, path == paths[-1], visit, say) for path in paths]


def _recover_segment(
    path: Path, is_newest: bool, visit: Callable[[Received], None], say: Say
) -> Segment:
    content = path.read_bytes()
    segment = Segment(path, int(path.stem), int(path.stem), 0)
    try:
        for received, end in parse_records(content):
            visit(received)
            segment.end += 1
            segment.size = end
    except BrokenRecord as broken:
        if broken.is_torn and is_newest:
            say(
                f"{path} ends within a message that was being written when the producer was "
                f"killed: its {len(content) - segment.size} bytes are cut off."
            )
        else:
            _set_aside(path, content, segment.size, say)
        with path.open("r+b") as file:
            file.truncate(segment.size)
    return segment


def _set_aside(path: Path, content: bytes, start: int, say: Say) -> None:
    damaged = path.with_suffix(f".damaged-at-{start}")
    damaged.write_bytes(content[start:])
    say(
        f"{path} is damaged at byte {start}: its last {len(content) - start} bytes are set aside "
        f"as {damaged.name}, and what Kafka does not have of them is not sent."
    )
