"""What a Jetstream server sends, and the messages that come of it."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from models.tweet import compose_delete, compose_message, format_time
from producer.sources.jetstream.profiles import Profile
from producer.sources.live import Received

SOURCE = "jetstream"
COLLECTION = "app.bsky.feed.post"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,2040}")
_RECORD_KEY = re.compile(r"[A-Za-z0-9_~.:-]{1,512}")
_END_OF_TIME_US = 253_402_300_800_000_000


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its author has just made it, or changed it; times are the server's microseconds.

    The author has put in `text` and `created_at` whatever they like.
    """

    id: str
    identity: str
    time_us: int
    author_id: str
    text: object
    created_at: object
    langs: tuple[str, ...]

    @property
    def is_wordless(self) -> bool:
        """Say whether it is pictures only."""
        return isinstance(self.text, str) and not self.text.strip()


@dataclass(frozen=True, slots=True)
class Delete:
    """A post that its author has taken back."""

    id: str
    identity: str
    time_us: int


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """News of accounts and whatever else goes by: it tells the time, and nothing for us."""

    time_us: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no event; the cursor is that of the event before."""

    frame: bytes
    cursor: str


# What goes on into the topic.
Wanted = Post | Delete | Malformed


def parse_frame(frame: bytes) -> Post | Delete | OtherEvent | None:
    """Parse what came in one frame; `None` if it is no event."""
    try:
        return _read_event(json.loads(frame.decode()))
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def compose_received(event: Wanted, profile: Profile | None) -> Received:
    """Compose the message of an event; only that of a post needs a profile.

    What is no event goes on as it came, so that it is kept with what else could not be read.
    """
    if isinstance(event, Malformed):
        return Received(b"", event.frame, sha256(event.frame).hexdigest(), event.cursor)
    if isinstance(event, Delete):
        value = compose_delete(event.id, SOURCE, format_time(read_time(event.time_us)))
    else:
        value = _compose_post(event, profile or Profile(event.author_id))
    return Received(event.id.encode(), value, event.identity, str(event.time_us))


def read_time(time_us: int) -> datetime:
    """Turn microseconds since 1970 into an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=time_us)


def _read_event(event: Any) -> Post | Delete | OtherEvent:
    time_us, author_id = _check_time(event["time_us"]), _match(_DID, event["did"])
    if event["kind"] != "commit" or event["commit"]["collection"] != COLLECTION:
        return OtherEvent(time_us)
    commit = event["commit"]
    operation = commit["operation"]
    post_id = f"{author_id}/{_match(_RECORD_KEY, commit['rkey'])}"
    # A revision is the author's; the time is by the clock of a server, and differs between them.
    identity = f"{operation}:{post_id}:{_match(_RECORD_KEY, commit['rev'])}"
    if operation == "delete":
        return Delete(post_id, identity, time_us)
    if operation not in ("create", "update"):
        return OtherEvent(time_us)
    record = dict(commit["record"])
    return Post(
        post_id,
        identity,
        time_us,
        author_id,
        record.get("text"),
        record.get("createdAt"),
        _read_langs(record.get("langs")),
    )


def _check_time(time_us: Any) -> int:
    if type(time_us) is not int or not 0 < time_us < _END_OF_TIME_US:
        raise ValueError(time_us)
    return time_us


def _match(pattern: re.Pattern[str], text: Any) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return str(text)


def _read_langs(langs: Any) -> tuple[str, ...]:
    return tuple(lang for lang in langs if isinstance(lang, str)) if isinstance(langs, list) else ()


def _compose_post(post: Post, profile: Profile) -> bytes:
    data = {
        "id": post.id,
        "text": post.text,
        "created_at": post.created_at,
        "author_id": post.author_id,
    }
    if post.langs:
        data["lang"] = post.langs[0]
    author = {"id": post.author_id, "name": profile.name, "username": profile.username}
    return compose_message(data, [author], SOURCE)
