"""Reads posts from X, across breaks, until a limit of the user is reached."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from producer.message import KEPT_OF_LONGER, LONGEST_LINE
from producer.sources.live import Received
from producer.sources.tally import Tally, describe_delay, describe_some
from producer.sources.x.backoff import Backoff, Disconnected
from producer.sources.x.client import KEEP_ALIVE_SECONDS, XClient
from producer.sources.x.lines import Line, LineSplitter
from producer.sources.x.posts import SOURCE, Event, parse_line
from producer.sources.x.usage import Budget
from producer.sources.x.usage_file import UsageCount, open_usage
from producer.timer import Timer

# The same failure, over and over, is worth a word this often.
_REPEAT_SECONDS = 60.0


@dataclass
class XSource:
    """The posts on X that match the rules of the account of a token.

    What was read today is kept in a file, across runs. X never sends again what nobody has
    received. Raises `SourceError` if the URL is none.
    """

    api_url: str
    token: str = field(repr=False)
    budget: Budget
    usage_file: Path
    timer: Timer
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    _usage: UsageCount = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._client = XClient(self.api_url, self.token)
        self._tally = Tally(self.timer, self._describe, self._tell)
        self._backoff = Backoff()
        self._told = ("", 0.0)
        self._behind: float | None = None

    def read(self, cursor: str) -> Generator[Received, None, None]:  # noqa: ARG002
        """Hand on posts from now on, until stopped or a limit is reached, which is said.

        There is no cursor on X. Raises `SourceError` when it refuses in a way that stays.
        """
        with open_usage(self.usage_file, self.clock) as self._usage:
            while not self.timer.stopped:
                today = self._usage.today
                if limit := self.budget.find_limit(today):
                    self._tell(
                        f"{self.budget.describe(today)}: the limit of {limit} is reached, and "
                        "reading stops; after midnight UTC it can be started again."
                    )
                    return
                try:
                    yield from self._follow()
                except Disconnected as disconnected:
                    self._wait(disconnected)

    def _follow(self) -> Generator[Received, None, None]:
        splitter = LineSplitter()
        with self._client.open_stream() as pieces, closing(pieces):
            opened_at = self.timer.now()
            try:
                for piece in pieces:
                    lines = splitter.split(piece)
                    for line in lines:
                        yield self._take(line)
                        if self.budget.find_limit(self._usage.today):
                            self._drop_lines(lines)
                            return
                    if self.timer.now() - opened_at >= KEEP_ALIVE_SECONDS:
                        self._confirm()
                    self._tally.tell_if_due()
                    if self.timer.stopped:
                        return
            except (Disconnected, GeneratorExit) as end:
                if isinstance(end, GeneratorExit):
                    self._drop_lines(lines)
                if splitter.has_half_line:
                    self._usage.add(1, 1)
                    self._tally.count("half a line")
                    self._tell("Half a line had come when the connection ended; it is dropped.")
                raise

    def _take(self, line: Line) -> Received:
        """Count a line, and make of it what goes on; raises `Disconnected` if X ends the stream."""
        event = parse_line(line.content, self.clock)
        if isinstance(event, Disconnected):
            raise event
        self._count(event)
        if line.is_cut:
            self._tell(
                f"A line above {LONGEST_LINE >> 10} KB has come; "
                f"its first {KEPT_OF_LONGER >> 10} KB go on."
            )
        self._confirm()
        return event.received

    def _count(self, event: Event) -> None:
        self._tally.count(event.kind)
        if event.kind == "post":
            self._usage.add(1, event.user_count)
        elif event.kind == "malformed":
            # It may well have been a post, and is charged for as one.
            self._usage.add(1, 1)
        if event.created_at:
            self._behind = (self.clock() - event.created_at).total_seconds()

    def _drop_lines(self, lines: Iterator[Line]) -> None:
        """Count what nobody takes any more: X charges for what it has sent."""
        posts = 0
        for line in lines:
            event = parse_line(line.content, self.clock)
            if not isinstance(event, Disconnected):
                self._count(event)
                posts += event.kind == "post"
        if posts:
            were, them = ("post was", "it") if posts == 1 else ("posts were", "them")
            self._tell(
                f"{posts:,} {were} dropped that had come when reading ended; "
                f"the cost counts {them}."
            )

    def _confirm(self) -> None:
        if self._backoff.confirm():
            self._told = ("", 0.0)
            self._tell("X sends again.")

    def _wait(self, disconnected: Disconnected) -> None:
        pause = self._backoff.choose_pause(disconnected, self.clock())
        reason, told_at = self._told
        now = self.timer.now()
        if reason != disconnected.reason or now - told_at >= _REPEAT_SECONDS:
            when = f"in {round(pause, 2):g} s" if pause else "at once"
            self._tell(f"X {disconnected.reason}; it is tried again {when}.")
            self._told = (disconnected.reason, now)
        self._tally.wait(pause)

    def _describe(self, counts: Counter[str]) -> Iterator[str]:
        yield self.budget.describe(self._usage.today)
        if self._behind is not None:
            yield describe_delay(self._behind)
            self._behind = None
        yield describe_some(counts["malformed"], "that make no sense")
        yield describe_some(counts["half a line"], "dropped half-way")

    def _tell(self, sentence: str) -> None:
        self.say(f"{SOURCE}: {sentence}")
