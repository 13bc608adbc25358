"""Deleted tweets are in no answer of the API, from the next look at the stored data on."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from stored_data import NOW, DataRoot, build_row

from dashboard.reader import SnapshotReader


def ask(client: FlaskClient, call: str) -> Any:
    return client.get(call).json


def list_answered(client: FlaskClient, query: str) -> list[str]:
    return [tweet["id"] for tweet in ask(client, f"/api/tweets?{query}")["tweets"]]


def test_a_deleted_tweet_is_in_no_answer_any_more(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_both(*(build_row(f"t{n}", NOW + timedelta(seconds=n)) for n in range(5)))
    reader.poll()
    page = ask(client, "/api/tweets?limit=2")
    assert [tweet["id"] for tweet in page["tweets"]] == ["t4", "t3"]

    data_root.store_deletions("t1", "t3")
    reader.poll()
    for query in ("", "q=text", "user=@ada", "category=food"):
        assert list_answered(client, query) == ["t4", "t2", "t0"]
    assert list_answered(client, "q=t3") == []
    assert list_answered(client, f"limit=2&before={page['next']}") == ["t2", "t0"]


def test_a_deletion_changes_the_tag_of_the_tweets_only(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"), build_row("b"))
    reader.poll()
    calls = ("/api/tweets", "/api/counts", "/api/health")
    tags = {call: client.get(call).headers["ETag"] for call in calls}
    data_root.store_deletions("a")
    reader.poll()
    answers = [
        client.get(call, headers={"If-None-Match": tag}).status_code for call, tag in tags.items()
    ]
    assert answers == [200, 304, 304]


def test_counts_and_freshness_are_those_of_all_tweets_that_came(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader
) -> None:
    data_root.store_both(build_row("a"))
    data_root.store_deletions("a")
    reader.poll()
    assert list_answered(client, "") == []
    assert ask(client, "/api/counts")["totals"] == {"food": 1}
    assert ask(client, "/api/health")["components"]["data"]["status"] == "ok"
