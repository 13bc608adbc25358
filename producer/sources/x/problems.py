"""What X says when it refuses something, in an answer or in the stream, and what to do then."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from producer.sources.live import SourceError
from producer.sources.quotes import shorten
from producer.sources.x.backoff import Disconnected, Trouble

_BAD_REQUEST = 400
_PAYMENT_REQUIRED = 402
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500

_ADVICE = {
    _BAD_REQUEST: "see that TWEETS_X_API_URL is the address of the API v2",
    401: "get a new bearer token, as docs/sources.md says, and put it in the place of the old one",
    403: "see at console.x.com that the app of the token belongs to a project and may read the "
    "filtered stream",
    409: "give the app rules with `python -m producer rules sync`",
}
_OTHER_ADVICE = "correct TWEETS_X_API_URL"

# The last part of a problem's `type`, and its `title`, where nothing more can be read for money.
_CAPPED = {"usage-capped", "credits", "UsageCapExceeded", "CreditsDepleted", "SpendCapReached"}
# Fields with which X says why it ends a stream, or lets none begin.
_ENDING_FIELDS = ("disconnect_type", "connection_issue")
_TOO_MANY_CONNECTIONS = "TooManyConnections"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that X complains about: its names for it, and what it says of it.

    `is_ending` says whether X ends the stream with it.
    """

    names: frozenset[str]
    text: str
    is_ending: bool

    @property
    def is_cap(self) -> bool:
        """Say whether no more can be read, however often we ask."""
        return not self.names.isdisjoint(_CAPPED) or "usage cap" in self.text.lower()


def find_problems(message: object) -> list[Problem]:
    """Find the problems that a message names, its own first, then those of its `errors`."""
    if not isinstance(message, dict):
        return []
    errors = message.get("errors")
    parts = [message, *(errors if isinstance(errors, list) else [])]
    return [_read_problem(part) for part in parts if isinstance(part, dict) and _is_problem(part)]


def quote_problems(problems: list[Problem]) -> str:
    """Say in what words X complains, ready to be put behind a phrase; empty if in none."""
    texts = dict.fromkeys(problem.text for problem in problems)
    return f" ({shorten('; '.join(texts))})" if texts else ""


def judge_refusal(status: int, headers: Mapping[str, str], body: bytes) -> Disconnected:
    """Make of an answer why there is no connection, if it is worth while to ask again.

    Raises `SourceError` with what to do if it is not.
    """
    try:
        problems = find_problems(json.loads(body))
    except (ValueError, RecursionError):
        # No JSON, such as a page of a proxy.
        problems = []
    answer = f"answers with HTTP {status}{quote_problems(problems)}"
    if status == _PAYMENT_REQUIRED or any(problem.is_cap for problem in problems):
        raise SourceError(
            f"X {answer}: no more can be read. Wait for the next billing period, or buy credits or "
            "raise the spending limit at console.x.com."
        )
    if any(_TOO_MANY_CONNECTIONS in problem.names for problem in problems):
        # A time of reset, where there is one, is about requests: the old connection is forgotten
        # sooner.
        return Disconnected(
            Trouble.RATE,
            "still counts an earlier connection, or another program has one with this token",
        )
    if status == _TOO_MANY_REQUESTS:
        return Disconnected(Trouble.RATE, answer, _read_reset(headers))
    if status >= _SERVER_ERRORS:
        return Disconnected(Trouble.SERVER, answer)
    raise SourceError(f"X {answer}: {_ADVICE.get(status, _OTHER_ADVICE)}.")


def _is_problem(part: dict[str, object]) -> bool:
    fields = ("title", "detail", "message", *_ENDING_FIELDS)
    return any(isinstance(part.get(field), str) for field in fields)


def _read_problem(part: dict[str, object]) -> Problem:
    fields = {name: text for name, text in part.items() if isinstance(text, str)}
    kind = fields.get("type", "").rsplit("/", 1)[-1]
    endings = [fields[name] for name in _ENDING_FIELDS if name in fields]
    details = part.get("details")
    said = [text for text in details if isinstance(text, str)] if isinstance(details, list) else []
    texts = [fields.get("detail"), fields.get("message"), "; ".join(said), fields.get("title")]
    text = next(filter(None, [*texts, *endings]), "")
    value = fields.get("value")
    return Problem(
        frozenset([kind, fields.get("title", ""), *endings]),
        f"{value}: {text}" if value else text,
        is_ending=bool(endings),
    )


def _read_reset(headers: Mapping[str, str]) -> float | None:
    try:
        return float(headers["x-rate-limit-reset"])
    except (KeyError, ValueError):
        return None
