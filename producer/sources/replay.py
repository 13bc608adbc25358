"""Tweets of files, sent again in the rhythm in which they were created."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from access.hdfs.access import HdfsAccess
from models.tweet import encode_message, format_time
from producer.message import Message
from producer.pace import Pacer
from producer.sources.live import SourceError
from producer.sources.stored_tweets import read_stored_tweets
from producer.sources.text_files import read_lines

SOURCE = "replay"

_LONGEST_STEP = timedelta(hours=1)


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
    access: HdfsAccess,
) -> Iterator[Message]:
    """Send what files hold, each tweet as long after the one before as it was created after it.

    What is older than one before it, or is no tweet, comes at once. A jump of more than an hour,
    ahead or back, is not waited for: the rhythm goes on from there, so that neither a pause nor a
    time that is wrong stops it. A line that is no tweet goes on as it is. Raises `SourceError` if a
    file cannot be read or none holds a line.
    """
    moment = 0.0
    for turn in count(1):
        latest, is_empty = None, True
        for recorded in _read_files(files, pacer, access):
            is_empty = False
            if created_at := _find_time(recorded):
                seconds, latest = _take_step(latest or created_at, created_at)
                moment += seconds / manner.speed
            if not pacer.reach(moment):
                return
            yield _build_message(recorded, turn, clock() if manner.now else None)
        if pacer.stopped:
            return
        if is_empty:
            raise SourceError(f"{', '.join(files)} holds no line: name another FILE.")
        if not manner.loop:
            return


def _take_step(latest: datetime, created_at: datetime) -> tuple[float, datetime]:
    """Tell how many seconds to let pass, and the time from which the next step is taken."""
    step = created_at - latest
    if abs(step) > _LONGEST_STEP:
        return 0.0, created_at
    return max(step.total_seconds(), 0.0), max(latest, created_at)


def _read_files(
    files: Sequence[str], pacer: Pacer, access: HdfsAccess
) -> Iterator[dict[str, Any] | bytes]:
    for file in files:
        if _is_folder(file):
            yield from read_stored_tweets(file, access)
        else:
            yield from map(_parse_line, read_lines(file, pacer.look_around))


def _is_folder(file: str) -> bool:
    try:
        scheme = urlsplit(file).scheme
    except ValueError:
        scheme = ""
    if scheme in ("file", "hdfs"):
        return True
    if "://" in file:
        raise SourceError(
            f"{file} is no place to replay from: name a file, a folder of stored tweets "
            "(local or hdfs://…), or - for standard input."
        )
    return Path(file).is_dir()


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
