"""Tweets of files, sent again in the rhythm in which they were created."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from models.tweet import encode_message, format_time
from producer.message import Message
from producer.pace import Pacer
from producer.sources.live import SourceError
from producer.sources.stored_tweets import read_stored_tweets
from producer.sources.text_files import read_lines

SOURCE = "replay"


@dataclass(frozen=True, slots=True)
class Manner:
    """How to replay: `speed` times as fast, over and over, with the times of today."""

    speed: float = 1.0
    loop: bool = False
    now: bool = False


def replay_messages(
    files: Sequence[str],
    manner: Manner,
    pacer: Pacer,
    clock: Callable[[], datetime],
    webhdfs_url: str,
) -> Iterator[Message]:
    """Send what files hold, each tweet as long after the first as it was created after it.

    What is older than its predecessor, or is no tweet, comes with its predecessor. A line that is
    no tweet goes on as it is. Raises `SourceError` if a file cannot be read or none holds a line.
    """
    start = 0.0
    for turn in count(1):
        moment, first, is_empty = start, None, True
        for recorded in _read_files(files, webhdfs_url):
            is_empty = False
            if created_at := _find_time(recorded):
                first = first or created_at
                moment = max(moment, start + (created_at - first).total_seconds() / manner.speed)
            if not pacer.reach(moment):
                return
            yield _build_message(recorded, turn, clock() if manner.now else None)
        if is_empty:
            raise SourceError(f"{', '.join(files)} holds no line: name another FILE.")
        if not manner.loop:
            return
        start = moment


def _read_files(files: Sequence[str], webhdfs_url: str) -> Iterator[dict[str, Any] | bytes]:
    for file in files:
        if "://" in file or Path(file).is_dir():
            yield from read_stored_tweets(file, webhdfs_url)
        else:
            yield from map(_parse_line, read_lines(file))


def _parse_line(line: bytes) -> dict[str, Any] | bytes:
    """Read a message with an id; anything else stays the line that it is."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return line
    data = message.get("data") if isinstance(message, dict) else None
    is_whole = isinstance(data, dict) and isinstance(data.get("id"), str)
    return message if is_whole else line


def _find_time(recorded: dict[str, Any] | bytes) -> datetime | None:
    if isinstance(recorded, bytes):
        return None
    try:
        created_at = datetime.fromisoformat(recorded["data"]["created_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)


def _build_message(
    recorded: dict[str, Any] | bytes, turn: int, created_at: datetime | None
) -> Message:
    if isinstance(recorded, bytes):
        return Message(b"", recorded)
    data = dict(recorded["data"])
    if turn > 1:
        data["id"] += f"-{turn}"
    if created_at and "created_at" in data:
        data["created_at"] = format_time(created_at)
    message = {**recorded, "data": data, "source": recorded.get("source") or SOURCE}
    return Message(data["id"].encode(errors="replace"), encode_message(message))
