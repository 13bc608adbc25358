from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from live_models import promote_model
from stored_data import NOW, DataRoot, build_row
from werkzeug.test import TestResponse

from dashboard.reader import SnapshotReader

CALLS = ["/api/counts", "/api/tweets", "/api/health", "/api/classify?text=more+pizza"]


def ask(client: FlaskClient, call: str) -> Any:
    """The JSON of a call that must succeed."""
    answer = client.get(call)
    assert answer.status_code == 200, answer.text
    return answer.json


def read_error(answer: TestResponse) -> str:
    """The sentence of a call that must fail."""
    assert answer.is_json
    assert answer.json
    return str(answer.json["error"])


def test_counts_cover_the_last_hour_in_minutes_without_a_gap(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_both(
        build_row("a"),
        build_row("b", NOW - timedelta(minutes=59), category="music"),
        build_row("c", NOW - timedelta(minutes=62)),
    )
    reader.poll()
    counts = ask(client, "/api/counts")
    occurring = {"food": 0, "music": 0}
    assert counts["as_of"] == "2026-11-24T09:30:20.000Z"
    assert counts["bucket_seconds"] == 60
    assert counts["categories"] == list(occurring)
    assert len(counts["windows"]) == 61
    assert counts["windows"][0]["start"] == "2026-11-24T08:30:00.000Z"
    assert counts["windows"][-1]["start"] == "2026-11-24T09:30:00.000Z"
    assert counts["windows"][-1]["counts"]["food"] == 1
    assert counts["windows"][1]["counts"] == occurring | {"music": 1}
    assert counts["totals"] == {"food": 1, "music": 1}


def test_counts_take_times_and_larger_buckets(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"), build_row("b", NOW - timedelta(days=2)))
    reader.poll()
    call = "/api/counts?since=2026-11-22T00:00:00Z&until=2026-11-24T12:00:00%2B02:00&bucket=1d"
    counts = ask(client, call)
    assert [window["counts"]["food"] for window in counts["windows"]] == [1, 0, 1]
    assert ask(client, "/api/counts?since=7d&bucket=6h")["totals"]["food"] == 2


def test_tweets_come_newest_first_page_by_page(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    rows = [build_row(f"t_{n}", NOW + timedelta(microseconds=n // 2)) for n in range(7)]
    data_root.store_both(*rows)
    reader.poll()
    first = ask(client, "/api/tweets?limit=4")
    second = ask(client, f"/api/tweets?limit=4&before={first['next']}")
    ids = [tweet["id"] for tweet in first["tweets"] + second["tweets"]]
    assert ids == ["t_6", "t_5", "t_4", "t_3", "t_2", "t_1", "t_0"]
    assert second["next"] is None
    assert first["tweets"][0] == {
        "id": "t_6",
        "text": "text of t_6",
        "created_at": "2026-11-24T09:30:20.000Z",
        "username": "ada",
        "name": "Ada",
        "source": "synthetic",
        "category": "food",
        "confidence": 0.75,
        "model_version": "v1",
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("category=music", ["b"]),
        ("q=GRÜN", ["b"]),
        ("q=%3Cb%3E", ["a"]),
        ("user=@ADA", ["c", "a"]),
        ("user=ada&q=plain&category=&before=", ["c"]),
        ("q=nowhere", []),
    ],
)
def test_tweets_are_filtered(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader, query: str, ids: list[str]
) -> None:
    data_root.store_both(
        build_row("a", text="<b>bold</b>"),
        build_row("b", text="grün", category="music", username=None, name=None),
        build_row("c", text="plain"),
    )
    reader.poll()
    assert sorted(t["id"] for t in ask(client, f"/api/tweets?{query}")["tweets"]) == sorted(ids)


def test_health_tells_fresh_data_from_stale(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=2)
    data_root.store_both(build_row("a", NOW - timedelta(seconds=300)))
    reader.poll()
    health = ask(client, "/api/health")
    assert health["status"] == "degraded"
    assert health["data_age_seconds"] == 299
    data = health["components"]["data"]
    assert (data["status"], data["since"]) == ("degraded", "2026-11-24T09:25:21.000Z")
    data_root.store_both(build_row("b", NOW - timedelta(seconds=3)))
    reader.poll()
    health = ask(client, "/api/health")
    assert (health["status"], health["data_age_seconds"]) == ("ok", 2)
    assert set(health["components"]) == {"storage", "data", "model"}
    assert {state["status"] for state in health["components"].values()} == {"ok"}


def test_without_data_health_is_down_and_says_what_to_do(
    client: FlaskClient, reader: SnapshotReader
) -> None:
    assert ask(client, "/api/health")["components"]["storage"]["status"] == "down"
    reader.poll()
    health = ask(client, "/api/health")
    assert (health["status"], health["data_age_seconds"]) == ("down", None)
    assert health["components"]["storage"]["status"] == "ok"
    assert "make demo" in health["components"]["data"]["detail"]


@pytest.mark.parametrize("call", CALLS)
def test_an_unchanged_answer_is_not_sent_again(
    client: FlaskClient,
    data_root: DataRoot,
    reader: SnapshotReader,
    model_root: Path,
    call: str,
) -> None:
    promote_model(model_root, "v1", weight=2)
    data_root.store_both(build_row("a"))
    reader.poll()
    tag = client.get(call).headers["ETag"]
    again = client.get(call, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


def test_new_data_changes_the_tag(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    tags = set()
    for n in range(2):
        data_root.store_both(*(build_row(str(m), NOW) for m in range(n)))
        reader.poll()
        tags |= {client.get(call).headers["ETag"] for call in ("/api/counts", "/api/tweets")}
    assert len(tags) == 4


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("counts?since=0h", ["since", "'0h'", "30m"]),
        ("counts?since=-5m", ["since", "'-5m'"]),
        ("counts?since=٣h", ["since", "'٣h'"]),
        ("counts?since=99999d", ["since", "7 days"]),
        ("counts?since=8d&bucket=1d", ["since", "7 days"]),
        ("counts?since=yesterday", ["since", "'yesterday'"]),
        ("counts?since=2026-11-24", ["since"]),
        ("counts?since=0001-01-01T00:00:00%2B14:00", ["since"]),
        ("counts?until=2026-13-24T00:00:00Z", ["until", "2026-11-24T09:30:00Z"]),
        ("counts?until=2026-11-24T08:00:00Z", ["until", "later than since"]),
        ("counts?until=9999-12-31T23:59:59Z&bucket=1d", ["bucket", "1500 windows"]),
        ("counts?bucket=2m", ["bucket", "'2m'", "5m"]),
        ("counts?since=7d", ["bucket", "'1m'", "1500 windows"]),
        ("counts?since=1h&since=2h", ["since", "once"]),
        ("counts?from=1h", ["'from'", "since, until, bucket"]),
        ("tweets?limit=0", ["limit", "'0'", "1 to 200"]),
        ("tweets?limit=201", ["limit", "'201'"]),
        ("tweets?limit=-5", ["limit", "'-5'"]),
        ("tweets?limit=100000000000000000000", ["limit"]),
        ("tweets?limit=٣", ["limit", "'٣'"]),
        ("tweets?limit=1e1", ["limit", "'1e1'"]),
        ("tweets?category=Food", ["category", "'Food'", "religion"]),
        ("tweets?q=" + "x" * 201, ["q", "200"]),
        ("tweets?before=now", ["before", "'now'", "next"]),
        ("tweets?before=2026-11-31T00:00:00Z_1", ["before"]),
        ("health?verbose=1", ["'verbose'"]),
        ("classify", ["text", "1 to 2000"]),
        ("classify?text=" + "x" * 2001, ["text", "2001"]),
    ],
)
def test_a_wrong_parameter_gets_a_sentence(
    client: FlaskClient, model_root: Path, call: str, names: list[str]
) -> None:
    promote_model(model_root, "v1", weight=2)
    answer = client.get(f"/api/{call}")
    assert answer.status_code == 400
    sentence = read_error(answer)
    assert all(name in sentence for name in names), sentence
    assert sentence.endswith(".")
    assert len(sentence) < 300


def test_nothing_can_be_changed(client: FlaskClient) -> None:
    answer = client.post("/api/counts")
    assert answer.status_code == 405
    assert "POST /api/counts" in read_error(answer)


def test_an_unknown_call_is_named(client: FlaskClient) -> None:
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert "GET /api/nothing" in read_error(answer)
