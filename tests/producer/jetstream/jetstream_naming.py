"""Naming the authors of posts with a stub of the API of Bluesky."""

import json
from datetime import UTC, datetime

from fake_timer import FakeTimer

from producer.sources.jetstream.events import Post, Wanted
from producer.sources.jetstream.naming import name_authors
from producer.sources.jetstream.profiles import Profiles
from producer.sources.live import Received

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000


def write_did(number: int) -> str:
    return f"did:plc:author{number}"


def make_post(author: int, number: int = 0, seconds_ago: float = 1.0) -> Post:
    did = write_did(author)
    time_us = NOW_US - int(seconds_ago * 1_000_000)
    return Post(f"{did}/{number}", f"create:{did}/{number}", time_us, did, "rain", "…", ("en",))


class Named:
    """Names authors of events with an API, and keeps what was said."""

    def __init__(self, api_url: str, timer: FakeTimer) -> None:
        self.said: list[str] = []
        self.timer = timer
        self.profiles = Profiles(api_url, timer, lambda: NOW, self.said.append)

    def hand_on(self, *events: Wanted | None) -> list[Received]:
        named = name_authors(iter([*events, None]), self.profiles, self.timer, lambda: NOW)
        return list(named)

    def name(self, *authors: int) -> list[str]:
        """Hand on posts of these authors and list their usernames."""
        return [read_user(each)["username"] for each in self.hand_on(*map(make_post, authors))]


def read_user(received: Received) -> dict[str, str]:
    user: dict[str, str] = json.loads(received.value)["includes"]["users"][0]
    return user
