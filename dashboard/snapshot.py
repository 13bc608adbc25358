"""What the dashboard knows at one moment; immutable, so a request sees one state throughout."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from dashboard.counts import MinuteCounts
from dashboard.tweets_reader import NewestTweets

Status = Literal["ok", "degraded", "down"]


@dataclass(frozen=True)
class ComponentState:
    """How something we depend on is: since when, if that is known, and one sentence why."""

    status: Status
    since: datetime | None
    detail: str


@dataclass(frozen=True)
class Snapshot:
    """The stored data in memory; `changed_at` is when it last became different, None before."""

    counts: MinuteCounts
    newest: NewestTweets
    changed_at: datetime | None
    storage: ComponentState

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The categories that occur in the stored data, by name."""
        in_tweets = {tweet.category for tweet in self.newest.tweets}
        return tuple(sorted(in_tweets.union(self.counts.categories)))
