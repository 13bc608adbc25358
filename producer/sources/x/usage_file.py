"""Keeps what was read today, so that neither a restart nor `kill -9` makes it less."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from producer.sources.live import SourceError
from producer.sources.x.usage import Usage

_LONGEST_FILE = 200
_LARGEST_COUNT = 10**12


class UsageCount:
    """Counts what is read, on disk before it returns; a day of UTC starts at nothing."""

    def __init__(
        self, path: Path, descriptor: int, usage: Usage, clock: Callable[[], datetime]
    ) -> None:
        self._path = path
        self._descriptor = descriptor
        self._usage = usage
        self._clock = clock

    @property
    def today(self) -> Usage:
        """What was read today."""
        day = self._clock().date()
        # A clock that is set back a little around midnight begins no new day.
        if day > self._usage.day:
            self._usage = Usage(day)
        return self._usage

    def add(self, posts: int, users: int) -> None:
        """Count what has come, before anybody gets it; raises `SourceError` if that fails."""
        self._usage = self.today.add(posts, users)
        try:
            os.pwrite(self._descriptor, format_usage(self._usage), 0)
        except OSError as error:
            raise _refuse(self._path, f"cannot be written ({error.strerror}): make room") from None


@contextmanager
def open_usage(path: Path, clock: Callable[[], datetime]) -> Iterator[UsageCount]:
    """Open the count of today, for this process alone.

    Raises `SourceError` if the file is damaged or in use, for counting anew could overspend.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _refuse(
            path, f"cannot be opened ({error.strerror}): correct TWEETS_LOCAL_DIR"
        ) from None
    try:
        yield UsageCount(path, descriptor, _read_usage(descriptor, path, clock().date()), clock)
    finally:
        os.close(descriptor)


def format_usage(usage: Usage) -> bytes:
    """Write a count as JSON of a fixed width, so that a shorter one leaves no rest of a longer."""
    fields = f'"day": "{usage.day}", "posts": {usage.posts:13d}, "users": {usage.users:13d}'
    return f"{{{fields}}}\n".encode()


def parse_usage(content: bytes) -> Usage | None:
    """Read a count; `None` if it is none."""
    with suppress(ValueError, TypeError, KeyError):
        fields = json.loads(content)
        counts = fields["posts"], fields["users"]
        if all(type(count) is int and 0 <= count < _LARGEST_COUNT for count in counts):
            return Usage(date.fromisoformat(fields["day"]), *counts)
    return None


def _read_usage(descriptor: int, path: Path, today: date) -> Usage:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SourceError(
            f"Another producer reads from X and counts in {path}: stop it, for X sends to one only."
        ) from None
    content = os.pread(descriptor, _LONGEST_FILE, 0)
    usage = parse_usage(content) if content else Usage(today)
    if usage is None or usage.day > today + timedelta(days=1):
        raise _refuse(
            path,
            "is damaged: delete it to count from 0 again, and mind that the limits then know "
            "nothing of what was read before",
        )
    return usage


def _refuse(path: Path, reason: str) -> SourceError:
    return SourceError(f"{path}, which keeps what was read from X today, {reason}.")
