"""The parameters of the JSON API, read strictly: what is not allowed gets a sentence."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from dashboard.tweets import Position

BUCKET_SECONDS = {
    "1m": 60, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "6h": 21_600, "1d": 86_400,
}  # fmt: skip
_SPAN = re.compile(r"([1-9]\d{0,4})([mhd])", re.ASCII)
_SPAN_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_TIME_EXAMPLE = "a time such as 2026-11-24T09:30:00Z"


class BadParameterError(ValueError):
    """A parameter that cannot be used; the message names it, its value and what is allowed."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        shown = value if len(value) <= 60 else value[:60] + "…"
        super().__init__(f"{name} is {shown!r}: it must be {allowed}.")


def check_names(given: Mapping[str, list[str]], known: Collection[str]) -> None:
    """Refuse parameters that a call does not know, and such as come twice."""
    for name, values in given.items():
        if name not in known:
            raise BadParameterError("A parameter", name, "one of " + ", ".join(known))
        if len(values) > 1:
            raise BadParameterError(name, ", ".join(values), "given once")


def parse_time(name: str, value: str) -> datetime:
    """Read an ISO time, UTC where it names no offset."""
    try:
        if not _TIME.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadParameterError(name, value, _TIME_EXAMPLE) from None


def parse_since(value: str, now: datetime, keep_days: int) -> datetime:
    """Read a span back from now (`30m`, `1h`, `7d`) or an ISO time, not older than what is kept."""
    span = _SPAN.fullmatch(value)
    allowed = f"a span such as 30m, 1h or 7d, or {_TIME_EXAMPLE}, at most {keep_days} days ago"
    if span:
        since = now - timedelta(seconds=int(span[1]) * _SPAN_SECONDS[span[2]])
    elif _TIME.fullmatch(value):
        since = parse_time("since", value)
    else:
        raise BadParameterError("since", value, allowed)
    if since < now - timedelta(days=keep_days):
        raise BadParameterError("since", value, allowed)
    return since


def parse_limit(value: str, most: int) -> int:
    """Read a number of tweets."""
    if not (_NUMBER.fullmatch(value) and 1 <= int(value) <= most):
        raise BadParameterError("limit", value, f"a number from 1 to {most}")
    return int(value)


def parse_choice(name: str, value: str, choices: Collection[str]) -> str:
    """Read one of several words."""
    if value not in choices:
        allowed = "one of " + ", ".join(choices) if choices else "left out: there is none yet"
        raise BadParameterError(name, value, allowed)
    return value


def parse_text(name: str, value: str, most: int) -> str:
    """Read a text of limited length in characters, 1 to `most`."""
    if not 1 <= len(value) <= most:
        raise BadParameterError(name, value, f"1 to {most} characters, not {len(value)}")
    return value


def format_cursor(position: Position | None) -> str | None:
    """Write a tweet's position as the cursor that `parse_cursor` reads."""
    if position is None:
        return None
    created_at, tweet_id = position
    return f"{created_at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z_{tweet_id}"


def parse_cursor(value: str) -> Position:
    """Read a cursor, as an earlier answer gave it."""
    time, separator, tweet_id = value.partition("_")
    if not (separator and tweet_id and _TIME.fullmatch(time)):
        raise BadParameterError("before", value, "what an earlier answer gave as next")
    return parse_time("before", time), tweet_id
