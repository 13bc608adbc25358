"""Reading of a stub of X, with time that only waiting moves."""

import json
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from fake_timer import FakeTimer
from stub_x import Script, StubStream, StubX
from x_messages import write_post

from producer.sources.live import Received
from producer.sources.x.source import XSource
from producer.sources.x.usage import Budget

TODAY = datetime(2026, 11, 27, tzinfo=UTC)


def make_budget(**limits: float) -> Budget:
    return Budget(0.005, 0.01, **limits)


@dataclass
class Reading:
    """A source on a stub, what it says, and the time it goes by: midnight at its beginning."""

    url: str
    folder: Path
    budget: Budget = field(default_factory=make_budget)
    timer: FakeTimer = field(default_factory=FakeTimer)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.timer.seconds
        self.usage_file = self.folder / "x-usage.json"
        self.source = self.build()

    def build(self) -> XSource:
        """Build the source again, as a restart does."""
        return XSource(
            self.url,
            "secret",
            self.budget,
            self.usage_file,
            self.timer,
            self.clock,
            self.said.append,
        )

    def clock(self) -> datetime:
        return TODAY + timedelta(seconds=self.timer.seconds - self.began)

    def read(self, number: int) -> list[Received]:
        """Read that many messages, or as many as come, and close."""
        with closing(self.source.read("")) as stream:
            return list(islice(stream, number))

    def read_usage(self) -> tuple[int, int]:
        """Read the posts and users in the file."""
        usage: dict[str, Any] = json.loads(self.usage_file.read_bytes())
        return usage["posts"], usage["users"]


def list_ids(received: list[Received]) -> list[str]:
    return [json.loads(each.value)["data"]["id"] for each in received]


def stop_after_wait(timer: FakeTimer, number: int) -> Callable[[], None]:
    """Stop when somebody has waited that many times."""

    def stop() -> None:
        timer.stopped = len(timer.waits) >= number

    return stop


def note_moments(server: StubX, timer: FakeTimer) -> list[float]:
    """Let each connection that has a script note when it was asked for."""
    moments: list[float] = []

    def note(script: Script, stream: StubStream) -> None:
        moments.append(timer.seconds)
        script(stream)

    server.scripts = deque(partial(note, script) for script in server.scripts)
    return moments


def send(*pieces: bytes) -> Script:
    """Send pieces, and cut the connection off."""

    def play(stream: StubStream) -> None:
        for piece in pieces:
            stream.send(piece)

    return play


def refuse(status: int, problem: Any = None, **headers: str) -> Script:
    """Answer with a code instead of a stream."""
    return lambda stream: stream.refuse(status, problem, **headers)


def write_line(post_id: str, **fields: Any) -> bytes:
    return write_post(post_id, **fields) + b"\r\n"


def find(said: list[str], words: str) -> list[str]:
    return [sentence for sentence in said if words in sentence]
