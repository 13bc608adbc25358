"""The message: one tweet as it travels through Kafka, in the shape of the X API v2."""

import json
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


# The fields of a message that we read, for Spark's `from_json`. Times stay text here: what is not
# a time has to be told from what is missing.
MESSAGE_FIELDS = """
    data STRUCT<id STRING, text STRING, created_at STRING, author_id STRING, lang STRING>,
    includes STRUCT<users ARRAY<STRUCT<id STRING, name STRING, username STRING>>>,
    source STRING
"""


def build_message(tweet: Tweet) -> bytes:
    """Write a tweet as the UTF-8 JSON that goes into the topic."""
    message = {
        "data": {
            "id": tweet.id,
            "text": tweet.text,
            "created_at": format_time(tweet.created_at),
            "author_id": tweet.user_id,
            "lang": tweet.lang,
        },
        "includes": {
            "users": [{"id": tweet.user_id, "name": tweet.name, "username": tweet.username}]
        },
        "source": tweet.source,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def format_time(moment: datetime) -> str:
    """Write an aware datetime as X does: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
