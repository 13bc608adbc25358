"""Says how the dashboard and what it depends on are."""

from datetime import datetime, timedelta
from typing import Any

from dashboard.snapshot import ComponentState, Snapshot, Status
from models.tweet import format_time

STALE_AFTER = timedelta(seconds=60)


NOTHING_READ = "Nothing could be read yet."
NOTHING_STORED = (
    "No tweet is stored yet: start everything with make demo, "
    "or the producer (python -m producer) and the streaming job (./spark-submit.sh)."
)


def judge_data(snapshot: Snapshot, now: datetime) -> ComponentState:
    """Call the data fresh (ok), stale (degraded) or missing (down)."""
    newest_received_at = snapshot.newest.newest_received_at
    if newest_received_at is None:
        detail = NOTHING_READ if snapshot.storage.status == "down" else NOTHING_STORED
        return ComponentState("down", None, detail)
    if now - newest_received_at <= STALE_AFTER:
        return ComponentState("ok", None, "Tweets are coming in.")
    detail = f"No tweet has been stored that was received after {format_time(newest_received_at)}."
    return ComponentState("degraded", newest_received_at, detail)


def describe_health(snapshot: Snapshot, model: ComponentState, now: datetime) -> dict[str, Any]:
    """Build the answer of `/api/health`: the age is in whole seconds, null without any tweet.

    It is `ok` if all is, `down` if there is nothing to show, `degraded` otherwise.
    """
    newest_received_at = snapshot.newest.newest_received_at
    data = judge_data(snapshot, now)
    components = {"storage": snapshot.storage, "data": data, "model": model}
    statuses = {state.status for state in components.values()}
    status: Status = "ok" if statuses == {"ok"} else "degraded"
    if data.status == "down":
        status = "down"
    age = None
    if newest_received_at is not None:
        age = max(0, int((now - newest_received_at).total_seconds()))
    return {
        "status": status,
        "data_age_seconds": age,
        "components": {name: _describe_state(state) for name, state in components.items()},
    }


def _describe_state(state: ComponentState) -> dict[str, str | None]:
    since = format_time(state.since) if state.since else None
    return {"status": state.status, "since": since, "detail": state.detail}
