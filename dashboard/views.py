"""The JSON API and the page that uses it; nothing here changes state or waits for the storage."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pandas as pd
from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from dashboard import parameters
from dashboard.counts import locate_windows, sum_windows
from dashboard.health import describe_health
from dashboard.live_model import LiveModel
from dashboard.parameters import BUCKET_SECONDS, BadParameterError
from dashboard.reader import SnapshotReader
from dashboard.snapshot import Snapshot
from dashboard.tweets import StoredTweet, TweetFilter, select_page
from models.tweet import format_time

MAX_WINDOWS = 1_500
MAX_TWEETS = 200
MAX_QUERY_LENGTH = 200
MAX_TEXT_LENGTH = 2_000

blueprint = Blueprint("dashboard", __name__)


@dataclass(frozen=True)
class Sources:
    """What the answers are made of."""

    reader: SnapshotReader
    model: LiveModel
    now: Callable[[], datetime]


def _get_sources() -> Sources:
    return cast(Sources, current_app.extensions["dashboard"])


def _read_parameters(**defaults: str) -> dict[str, str]:
    """Take the parameters of this request; one that is empty counts as not given."""
    given = request.args.to_dict(flat=False)
    parameters.check_names(given, defaults)
    return {name: request.args.get(name) or default for name, default in defaults.items()}


def _list_categories(snapshot: Snapshot) -> tuple[str, ...]:
    """List the categories of the live model in their order, then others that were stored."""
    live = _get_sources().model.list_categories()
    return (*live, *(name for name in snapshot.categories if name not in live))


@blueprint.get("/")
def show_page() -> ResponseReturnValue:
    """Show the page."""
    return render_template("index.html")


@blueprint.get("/api/counts")
def show_counts() -> ResponseReturnValue:
    """Count tweets per category in every window that overlaps since..until."""
    sources = _get_sources()
    now, snapshot = sources.now(), sources.reader.snapshot
    given = _read_parameters(since="1h", until="", bucket="1m")
    since = parameters.parse_since(given["since"], now, sources.reader.keep_days)
    until = parameters.parse_time("until", given["until"]) if given["until"] else now
    bucket = parameters.parse_choice("bucket", given["bucket"], BUCKET_SECONDS)
    if until <= since:
        raise BadParameterError(
            "until", format_time(until), f"later than since, {format_time(since)}"
        )
    windows = locate_windows(since, until, BUCKET_SECONDS[bucket])
    if len(windows) > MAX_WINDOWS:
        allowed = f"so large that there are at most {MAX_WINDOWS} windows, not {len(windows)}"
        raise BadParameterError("bucket", bucket, allowed)
    sums = sum_windows(snapshot.counts, windows, _list_categories(snapshot))
    as_of = format_time(snapshot.changed_at) if snapshot.changed_at else None
    return jsonify({"as_of": as_of, **_describe_counts(sums, windows.step)})


def _describe_counts(sums: pd.DataFrame, bucket_seconds: int) -> dict[str, Any]:
    categories = list(sums.columns)
    windows = zip(sums.index.to_list(), sums.to_numpy().tolist(), strict=True)
    return {
        "bucket_seconds": bucket_seconds,
        "categories": categories,
        "windows": [
            {
                "start": format_time(datetime.fromtimestamp(start, UTC)),
                "counts": dict(zip(categories, counts, strict=True)),
            }
            for start, counts in windows
        ],
        "totals": sums.sum().to_dict(),
    }


@blueprint.get("/api/tweets")
def show_tweets() -> ResponseReturnValue:
    """Show the newest tweets, newest first; `next` goes into `before` of the next call."""
    snapshot = _get_sources().reader.snapshot
    given = _read_parameters(limit="50", category="", q="", user="", before="")
    limit = parameters.parse_limit(given["limit"], MAX_TWEETS)
    if given["category"]:
        parameters.parse_choice("category", given["category"], _list_categories(snapshot))
    for name in ("q", "user"):
        if given[name]:
            parameters.parse_text(name, given[name], MAX_QUERY_LENGTH)
    before = parameters.parse_cursor(given["before"]) if given["before"] else None
    wanted = TweetFilter(given["category"], given["q"], given["user"].removeprefix("@"), before)
    tweets, position = select_page(snapshot.newest.tweets, wanted, limit)
    return jsonify(
        {
            "tweets": [_describe_tweet(tweet) for tweet in tweets],
            "next": parameters.format_cursor(position),
        }
    )


def _describe_tweet(tweet: StoredTweet) -> dict[str, Any]:
    return asdict(tweet) | {"created_at": format_time(tweet.created_at)}


@blueprint.get("/api/health")
def show_health() -> ResponseReturnValue:
    """Say whether the data is fresh, and how what the dashboard depends on is."""
    _read_parameters()
    sources = _get_sources()
    return jsonify(describe_health(sources.reader.snapshot, sources.model.judge(), sources.now()))


@blueprint.get("/api/classify")
def show_classification() -> ResponseReturnValue:
    """Classify a text by the live model, and name the words that decided."""
    given = _read_parameters(text="")
    text = parameters.parse_text("text", given["text"], MAX_TEXT_LENGTH)
    explanation = _get_sources().model.explain(text)
    words = [{"word": word, "weight": weight} for word, weight in explanation.words]
    return jsonify(asdict(explanation) | {"words": words})
