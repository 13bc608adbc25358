"""Reads posts from Jetstream, across servers and breaks."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from producer.sources.jetstream.choice import is_chosen
from producer.sources.jetstream.connection import Disconnected, read_frames
from producer.sources.jetstream.events import (
    SOURCE,
    Delete,
    Malformed,
    OtherEvent,
    Post,
    Wanted,
    parse_frame,
    read_time,
)
from producer.sources.jetstream.naming import name_authors
from producer.sources.jetstream.profiles import Profiles
from producer.sources.jetstream.resume import Position
from producer.sources.jetstream.servers import Servers, build_address
from producer.sources.live import Received
from producer.sources.tally import Tally, describe_delay, describe_some
from producer.timer import Timer

# `None` says that nothing more has come for the moment.
Events = Generator[Wanted | None, None, None]


@dataclass
class JetstreamSource:
    """The posts on Bluesky, and which of them were deleted.

    The URLs are of servers that take turns, with or without `/subscribe`; the API tells the names
    of authors; of the posts in a language, or in all, a share from 0 to 1 is read. Raises
    `SourceError` if a URL is none.
    """

    urls: Sequence[str]
    api_url: str
    lang: str | None
    sample: float
    timer: Timer
    clock: Callable[[], datetime]
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self._servers = Servers(self.urls)
        self._profiles = Profiles(self.api_url, self.timer, self.clock, self._tell)
        self._tally = Tally(self.timer, self._describe, self._tell)
        self._position = Position("")

    def read(self, cursor: str) -> Generator[Received, None, None]:
        """Hand on posts and deletes from the cursor on (`""`: from now on), until stopped.

        Raises `SourceError` when every server refuses.
        """
        self._position = Position(cursor)
        with closing(self._receive()) as events:
            yield from name_authors(events, self._profiles, self.timer, self.clock)

    def _receive(self) -> Events:
        while not self.timer.stopped:
            server = self._servers.current
            try:
                yield from self._follow(server)
            except Disconnected as disconnected:
                yield None
                pause = self._servers.leave(disconnected)
                if disconnected.is_too_large:
                    self._position.skip_ahead()
                when = f"in {pause:.0f} s" if pause else "at once"
                self._tell(
                    f"{server} {disconnected.reason}; {self._servers.current} is tried {when}."
                )
                self._tally.wait(pause)

    def _follow(self, server: str) -> Events:
        address = build_address(server, self._position.resume(server))
        with closing(read_frames(address, self.timer)) as frames:
            for frame in frames:
                if self.timer.stopped:
                    return
                self._tally.tell_if_due()
                if frame is None:
                    yield None
                elif event := self._take(frame, server):
                    yield event

    def _take(self, frame: bytes, server: str) -> Wanted | None:
        position = self._position
        event = parse_frame(frame) or Malformed(frame, position.cursor)
        if not isinstance(event, Malformed):
            if gap := position.find_gap(event.time_us, server):
                self._tell(gap)
            if position.advance(event.time_us, server):
                self._servers.confirm()
            if isinstance(event, OtherEvent) or not is_chosen(event, self.lang, self.sample):
                return None
        is_wordless = isinstance(event, Post) and event.is_wordless
        self._tally.count("wordless" if is_wordless else type(event).__name__)
        return None if is_wordless else event

    def _describe(self, counts: Counter[str]) -> Iterator[str]:
        posts, wordless = counts[Post.__name__], counts["wordless"]
        yield f"{posts:,} posts ({wordless:,} without text skipped)"
        yield f"{counts[Delete.__name__]:,} deletes"
        yield describe_some(counts[Malformed.__name__], "that make no sense")
        if (time_us := self._position.time_us) is not None:
            yield describe_delay((self.clock() - read_time(time_us)).total_seconds())

    def _tell(self, sentence: str) -> None:
        self.say(f"{SOURCE}: {sentence}")
