"""The message: one tweet as it travels through Kafka, in the shape of the X API v2."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Tweet:
    """A tweet with its author; `created_at` is an aware datetime in UTC."""

    id: str
    text: str
    created_at: datetime
    user_id: str
    username: str
    name: str
    lang: str
    source: str


# A message with this `event` asks to forget the tweet of its `data.id`.
DELETE = "delete"

# The fields of a message that we read, for Spark's `from_json`. Times stay text here: what is not
# a time has to be told from what is missing.
MESSAGE_FIELDS = """
    data STRUCT<id STRING, text STRING, created_at STRING, author_id STRING, lang STRING>,
    includes STRUCT<users ARRAY<STRUCT<id STRING, name STRING, username STRING>>>,
    source STRING, event STRING, deleted_at STRING
"""


def build_message(tweet: Tweet) -> bytes:
    """Write a tweet as the UTF-8 JSON that goes into the topic."""
    return compose_message(
        {
            "id": tweet.id,
            "text": tweet.text,
            "created_at": format_time(tweet.created_at),
            "author_id": tweet.user_id,
            "lang": tweet.lang,
        },
        [{"id": tweet.user_id, "name": tweet.name, "username": tweet.username}],
        tweet.source,
    )


def compose_message(
    data: Mapping[str, object], users: Sequence[Mapping[str, object]], source: str
) -> bytes:
    """Write the message of a tweet whose fields are not known to be sound: the job judges them."""
    return encode_message({"data": data, "includes": {"users": users}, "source": source})


def compose_delete(tweet_id: str, source: str, deleted_at: str) -> bytes:
    """Write the message that asks to forget a tweet; `deleted_at` is an ISO 8601 time."""
    return encode_message(
        {"event": DELETE, "data": {"id": tweet_id}, "source": source, "deleted_at": deleted_at}
    )


def encode_message(message: Mapping[str, object]) -> bytes:
    """Write a message as UTF-8 JSON; half a surrogate pair, which has no UTF-8, becomes `?`."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def format_time(moment: datetime) -> str:
    """Write an aware datetime as X does: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
