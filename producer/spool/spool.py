"""The spool: a reader appends, the publisher reads, and Kafka's answers settle what it holds."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import IO

from producer.message import Message
from producer.sources.live import Received
from producer.spool.acknowledged import (
    Acknowledged,
    Acknowledgements,
    load_acknowledged,
    store_acknowledged,
)
from producer.spool.recent import RecentIdentities
from producer.spool.records import BrokenRecord, encode_record
from producer.spool.recovery import recover_segments
from producer.spool.segments import Segment, Segments, Stretch, flush
from producer.timer import Timer

_ACKNOWLEDGED = "acknowledged.json"
_LOCK = "lock"
_LARGEST_SEGMENT = 8 << 20
# Room is there again only when it is enough to last, or the source would be left at once.
_ROOMY = 0.75
# Of what Kafka has, this part of the limit is kept, to know what a server sends again.
_KEPT = 0.25
_POLL_SECONDS = 0.02
_SAVE_SECONDS = 1.0


class SpoolError(Exception):
    """The spool cannot be used; the message says why and what to do."""


class SpoolFull(Exception):
    """A message has no room in the spool, and is not in it; the message says how full it is."""


class SpoolClosed(Exception):
    """Nothing more is taken."""


class Spool:
    """Messages on disk that Kafka may not have yet, in the order in which they were received.

    One thread appends, another one reads and saves, a third may settle. `cursor` is the newest
    message's that has one; `saved` is what the disk knows of that which Kafka has. Raises
    `SpoolError` if the folder cannot be used, or another process uses it.
    """

    def __init__(self, folder: Path, limit_bytes: int, say: Callable[[str], None]) -> None:
        self.cursor = ""
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._lock = Lock()
        self._finished = False
        self._recent = RecentIdentities()
        with self._explain_errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._lock_file = _hold_lock(folder)
            self.saved = load_acknowledged(folder / _ACKNOWLEDGED, say)
            found = recover_segments(folder, self._remember, say)
            self._acknowledgements = _pass_over_gaps(self.saved, found)
            self._segments = Segments(
                folder,
                min(_LARGEST_SEGMENT, limit_bytes // 8),
                found,
                self._acknowledgements.position,
            )

    def append(self, received: Received) -> bool:
        """Keep a message; `False` if one of its identity is known already.

        Raises `SpoolFull`, or `SpoolClosed` after `finish` or `close`.
        """
        record = encode_record(received)
        with self._lock, self._explain_errors():
            if self._finished:
                raise SpoolClosed
            if received.identity in self._recent:
                return False
            self._make_room(len(record))
            self._segments.append(record)
            self._remember(received)
        return True

    def has_room(self) -> bool:
        """Tell whether it is worth while to read again after `SpoolFull`."""
        with self._lock:
            pending = self._segments.measure_pending(self._acknowledgements.position)
        return pending < _ROOMY * self._limit_bytes

    def finish(self) -> None:
        """Take no more; whoever reads is through after the last message."""
        with self._lock:
            self._finished = True

    def read(self, timer: Timer, wait: Callable[[float], None]) -> Iterator[Message]:
        """Hand on what Kafka does not have, then what comes, each once; save each second.

        Ends when the timer is stopped, or after the last message if the spool is finished.
        """
        saved_at = timer.now()
        for item in self._follow():
            if timer.now() - saved_at >= _SAVE_SECONDS:
                self.save()
                saved_at = timer.now()
            if timer.stopped:
                break
            if item:
                number, received = item
                yield Message(received.key, received.value, partial(self.settle, number))
            else:
                wait(_POLL_SECONDS)

    def list_pending(self) -> Iterator[tuple[int, Received]]:
        """Read what Kafka is not known to have, with the numbers by which it is settled."""
        for item in self._follow():
            if not item:
                break
            yield item

    def settle(self, number: int, partition: int, offset: int) -> None:
        """Note that Kafka has a message, and where."""
        with self._lock:
            self._acknowledgements.settle(number, partition, offset)

    def begin_topic(self, topic_id: str, end_offsets: Mapping[int, int]) -> None:
        """Note, on disk, that all that is pending will be sent to this topic, to its end."""
        with self._lock:
            self._acknowledgements.begin_topic(topic_id, end_offsets)
        self.save()

    def save(self) -> None:
        """Bring everything to the disk, and remove what Kafka has and nobody needs to know."""
        with self._lock:
            acknowledged = self._acknowledgements.summarize()
            files = self._segments.take_files()
        with self._explain_errors():
            flush(self._folder, *files)
            if acknowledged != self.saved:
                store_acknowledged(self._folder / _ACKNOWLEDGED, acknowledged)
                self.saved = acknowledged
            with self._lock:
                pending = self._segments.measure_pending(acknowledged.position)
                kept = int(_KEPT * self._limit_bytes)
                self._segments.shrink(pending + kept, acknowledged.position)

    def close(self) -> None:
        """Take no more, and let another process have the folder."""
        with self._lock:
            self._finished = True
            self._segments.close()
        self._lock_file.close()

    def _follow(self) -> Iterator[tuple[int, Received] | None]:
        """Read what is pending, with numbers; `None` each time that nothing more is there."""
        stretch: Stretch | None = None
        while True:
            with self._lock:
                position = self._acknowledgements.position
                following = self._segments.find_stretch(stretch, position)
                finished = self._finished
            if following:
                stretch = following
                yield from self._read_pending(stretch)
            elif finished:
                return
            else:
                yield None

    def _read_pending(self, stretch: Stretch) -> Iterator[tuple[int, Received]]:
        try:
            for number, received in stretch.read():
                with self._lock:
                    settled = self._acknowledgements.is_settled(number)
                if not settled:
                    yield number, received
        except (BrokenRecord, OSError) as error:
            reason = getattr(error, "strerror", None) or "its checksum is wrong"
            raise SpoolError(
                f"{stretch.path} cannot be read back ({reason}): start again, which sets aside "
                "what is damaged."
            ) from None

    def _make_room(self, size: int) -> None:
        room = self._limit_bytes - size
        if self._segments.size > room:
            self._segments.shrink(room, self._acknowledgements.position)
        if self._segments.size > room:
            raise SpoolFull(
                f"The spool {self._folder} is full: {self._segments.size / (1 << 20):.1f} MB wait "
                "for Kafka, which is what TWEETS_SPOOL_MEGABYTES allows."
            )

    def _remember(self, received: Received) -> None:
        self._recent.add(received.identity)
        self.cursor = received.cursor or self.cursor

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SpoolError(
                f"The spool {self._folder} cannot be used ({error.strerror or error}): see that "
                "its disk has room and that the folder is yours, then start again."
            ) from None


def _hold_lock(folder: Path) -> IO[str]:
    """Hold the folder for this process; the system lets go of it when the process ends."""
    file = (folder / _LOCK).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise SpoolError(
            f"Another producer uses the spool {folder}: stop that one, or give this one another "
            "folder with TWEETS_LOCAL_DIR."
        ) from None
    return file


def _pass_over_gaps(saved: Acknowledged, found: list[Segment]) -> Acknowledgements:
    """Begin where the oldest segment does: what was before is gone because Kafka has it."""
    acknowledgements = Acknowledgements(saved)
    acknowledgements.begin_at(found[0].first if found else 0)
    for segment, following in pairwise(found):
        acknowledgements.pass_over(segment.end, following.first)
    return acknowledgements
