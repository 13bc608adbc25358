"""The newest tweets in memory: merged as they come, filtered, and turned page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

TWEETS_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("created_at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("username", pa.string()),
        pa.field("name", pa.string()),
        pa.field("source", pa.string()),
        pa.field("category", pa.string(), nullable=False),
        pa.field("confidence", pa.float64()),
        pa.field("model_version", pa.string()),
    ]
)

# Where a tweet stands in the order of time; no two tweets stand at the same place.
Position = tuple[datetime, str]
# Which tweet it is: its source, and its id there.
TweetKey = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class StoredTweet:
    """A classified tweet as it was stored; `created_at` is aware, in UTC."""

    id: str
    text: str
    created_at: datetime
    username: str | None
    name: str | None
    source: str | None
    category: str
    confidence: float | None
    model_version: str | None

    @property
    def position(self) -> Position:
        """Its place in the order of time."""
        return self.created_at, self.id

    @property
    def key(self) -> TweetKey:
        """Which tweet it is."""
        return self.source, self.id


@dataclass(frozen=True)
class TweetFilter:
    """Which tweets are wanted: empty strings want all.

    `text` is part of the text and `username` the whole name, both in any letter case; `before`
    leaves only tweets that come after that position when the newest come first.
    """

    category: str = ""
    text: str = ""
    username: str = ""
    before: Position | None = None

    def accepts(self, tweet: StoredTweet) -> bool:
        """Say whether a tweet is wanted."""
        return (
            (not self.category or tweet.category == self.category)
            and self.text.casefold() in tweet.text.casefold()
            and (not self.username or (tweet.username or "").casefold() == self.username.casefold())
            and (self.before is None or tweet.position < self.before)
        )


def take_newest(rows: pa.Table, limit: int) -> list[StoredTweet]:
    """Take the newest tweets out of a table in `TWEETS_SCHEMA`."""
    order = [("created_at", "descending"), ("id", "descending")]
    newest = rows.take(pc.select_k_unstable(rows, limit, order))
    return [_build_tweet(row) for row in newest.to_pylist()]


def _build_tweet(row: dict[str, Any]) -> StoredTweet:
    return StoredTweet(**row | {"created_at": row["created_at"].astimezone(UTC)})


def merge_newest(
    known: Iterable[StoredTweet], new: Iterable[StoredTweet], limit: int
) -> tuple[StoredTweet, ...]:
    """Join tweets, newest first, up to a limit; one that comes twice stays once."""
    by_position = {tweet.position: tweet for tweet in (*known, *new)}
    newest = sorted(by_position, reverse=True)[:limit]
    return tuple(by_position[position] for position in newest)


def select_page(
    tweets: Iterable[StoredTweet], wanted: TweetFilter, limit: int
) -> tuple[list[StoredTweet], Position | None]:
    """Select the first tweets that are wanted, and the position to go on from if there are more."""
    page: list[StoredTweet] = []
    for tweet in filter(wanted.accepts, tweets):
        if len(page) == limit:
            return page, page[-1].position
        page.append(tweet)
    return page, None
