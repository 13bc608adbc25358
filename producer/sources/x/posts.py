"""What a line of the stream is, and the message that comes of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeGuard

from models.tweet import compose_delete, compose_message, format_time
from producer.sources.live import Received
from producer.sources.x.backoff import Disconnected, Trouble
from producer.sources.x.problems import find_problems, quote_problems

SOURCE = "x"

_POST_FIELDS = ("id", "text", "created_at", "author_id", "lang")
_USER_FIELDS = ("id", "name", "username")


@dataclass(frozen=True, slots=True)
class Event:
    """What a line is, and the message that goes on: of one that is malformed, the line as it came.

    Of a post it says how many users X has sent with it, and when it was made, if that is a time.
    """

    kind: Literal["post", "delete", "malformed"]
    received: Received
    user_count: int = 0
    created_at: datetime | None = None


def parse_line(line: bytes, clock: Callable[[], datetime]) -> Event | Disconnected:
    """Parse a line of the stream; `Disconnected` is the notice with which X ends it.

    A delete that does not tell its time is taken to be of now.
    """
    try:
        event = _read_message(json.loads(line.decode()), clock)
    except (ValueError, RecursionError):
        event = None
    return event or Event("malformed", Received(b"", line))


def _read_message(message: Any, clock: Callable[[], datetime]) -> Event | Disconnected | None:
    if not isinstance(message, dict):
        return None
    data = message.get("data")
    if not isinstance(data, dict):
        return _read_notice(message) or _read_delete(message.get("delete"), clock)
    if _is_id(data.get("id")):
        return _read_post(data, message.get("includes"))
    return _read_delete(data.get("delete"), clock)


def _read_notice(message: dict[str, Any]) -> Disconnected | None:
    problems = find_problems(message)
    if not any(problem.is_ending or problem.is_cap for problem in problems):
        return None
    return Disconnected(Trouble.NETWORK, f"has ended the stream{quote_problems(problems)}")


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value != ""


def _read_delete(delete: object, clock: Callable[[], datetime]) -> Event | None:
    if not isinstance(delete, dict):
        return None
    # The compliance stream of today, and the streams of the API before.
    for part, name in (("tweet", "id"), ("status", "id_str")):
        tweet = delete.get(part)
        tweet_id = tweet.get(name) if isinstance(tweet, dict) else None
        if _is_id(tweet_id):
            event_at = delete.get("event_at")
            deleted_at = event_at if isinstance(event_at, str) else format_time(clock())
            value = compose_delete(tweet_id, SOURCE, deleted_at)
            received = Received(tweet_id.encode(), value, f"{SOURCE}:delete:{tweet_id}")
            return Event("delete", received)
    return None


def _read_post(data: dict[str, Any], includes: object) -> Event:
    kept = {name: data[name] for name in _POST_FIELDS if name in data}
    note = data.get("note_tweet")
    if isinstance(note, dict) and note.get("text"):
        kept["text"] = note["text"]
    users = includes.get("users") if isinstance(includes, dict) else None
    users = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    authors = [
        {name: user[name] for name in _USER_FIELDS if name in user}
        for user in users
        if "id" in user and user["id"] == data.get("author_id")
    ]
    value = compose_message(kept, authors[:1], SOURCE)
    received = Received(data["id"].encode(), value, f"{SOURCE}:{data['id']}")
    return Event("post", received, len(users), _read_time(data.get("created_at")))


def _read_time(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
