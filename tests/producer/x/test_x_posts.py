import json
from datetime import UTC, datetime
from typing import Any

import pytest
from x_messages import OPERATIONAL_DISCONNECT, TOO_MANY_CONNECTIONS, write_post
from x_reading import TODAY

from producer.sources.x.backoff import Disconnected
from producer.sources.x.posts import parse_line


def parse(message: Any) -> Any:
    line = message if isinstance(message, bytes) else json.dumps(message).encode()
    return parse_line(line, lambda: TODAY)


def read(message: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(parse(message).received.value)
    return value


def test_a_long_post_carries_its_text_in_a_note() -> None:
    note = {"text": "the whole of a long text", "entities": {}}
    assert read(write_post("1", "the whole…", note_tweet=note))["data"]["text"] == note["text"]


@pytest.mark.parametrize("note", [None, {}, {"text": ""}, "text", []])
def test_a_note_without_a_text_leaves_the_text_there_is(note: Any) -> None:
    assert read(write_post("1", "rain", note_tweet=note))["data"]["text"] == "rain"


def test_an_edit_is_a_post_of_its_own() -> None:
    first = parse(write_post("1", "rian"))
    second = parse(write_post("2", "rain", edit_history_tweet_ids=["1", "2"]))
    assert [first.received.key, second.received.key] == [b"1", b"2"]
    assert first.received.identity != second.received.identity


def test_fields_come_in_any_order_and_unknown_ones_are_left_out() -> None:
    message = {
        "matching_rules": [],
        "new": {"data": {"id": "9"}},
        "includes": {"media": [{}], "users": [{"verified": True, "id": "u1", "name": "Ann"}]},
        "data": {"public_metrics": {}, "author_id": "u1", "text": "rain", "id": "1"},
    }
    assert read(message) == {
        "data": {"id": "1", "text": "rain", "author_id": "u1"},
        "includes": {"users": [{"id": "u1", "name": "Ann"}]},
        "source": "x",
    }


def test_of_several_users_the_author_is_kept_and_all_are_counted() -> None:
    users = [{"id": "u1", "username": "ann"}, {"id": "u2", "username": "bob"}]
    post = parse({"data": {"id": "1", "author_id": "u2"}, "includes": {"users": users}})
    assert post.user_count == 2
    assert json.loads(post.received.value)["includes"]["users"] == [users[1]]


@pytest.mark.parametrize(
    "includes", [None, [], {}, {"users": None}, {"users": "ann"}, {"users": [None, 1, {}]}]
)
def test_a_post_whose_author_is_not_known_is_one_all_the_same(includes: Any) -> None:
    value = read({"data": {"id": "1", "author_id": "u1"}, "includes": includes})
    assert value["includes"] == {"users": []}


def test_a_post_with_an_error_beside_it_is_a_post() -> None:
    error = {"title": "Not Found Error", "detail": "No user.", "resource_type": "user"}
    assert parse({"data": {"id": "1"}, "errors": [error]}).kind == "post"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-27T01:02:03.000Z", datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC)),
        ("2026-11-27T01:02:03", None),
        ("yesterday", None),
        (7, None),
        (None, None),
    ],
)
def test_the_time_of_a_post_is_passed_on_as_it_is(text: Any, moment: datetime | None) -> None:
    post = parse(write_post("1", created_at=text))
    assert post.created_at == moment
    assert json.loads(post.received.value)["data"]["created_at"] == text


def test_half_a_surrogate_pair_does_not_break_a_message() -> None:
    assert read(b'{"data": {"id": "1", "text": "\\ud83c!"}}')["data"]["text"] == "?!"


@pytest.mark.parametrize(
    ("message", "deleted_at"),
    [
        (
            {"data": {"delete": {"event_at": "2026-11-27T01:02:03.000Z", "tweet": {"id": "7"}}}},
            "2026-11-27T01:02:03.000Z",
        ),
        ({"data": {"delete": {"tweet": {"id": "7"}}}}, "2026-11-27T00:00:00.000Z"),
        (
            {"delete": {"status": {"id": 7, "id_str": "7", "user_id": 1}}},
            "2026-11-27T00:00:00.000Z",
        ),
    ],
)
def test_deletes_are_known_in_every_shape_that_x_has(message: Any, deleted_at: str) -> None:
    delete = parse(message)
    assert delete.kind == "delete"
    assert delete.received.key == b"7"
    assert delete.received.identity != parse(write_post("7")).received.identity
    assert read(message) == {
        "event": "delete",
        "data": {"id": "7"},
        "source": "x",
        "deleted_at": deleted_at,
    }


@pytest.mark.parametrize(
    "message",
    [
        OPERATIONAL_DISCONNECT,
        TOO_MANY_CONNECTIONS,
        {"errors": [TOO_MANY_CONNECTIONS]},
        {"errors": [{"title": "UsageCapExceeded", "detail": "Usage cap exceeded"}]},
        {"errors": [{"disconnect_type": "SlowReader"}]},
    ],
)
def test_a_notice_of_the_end_is_no_post(message: Any) -> None:
    assert isinstance(parse(message), Disconnected)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{}",
        b"null",
        b"7",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": {"id": ""}}',
        '{"data": {"id": "caf\u00e9"}}'.encode(),
        b'{"data": {"delete": {"tweet": {"id": 7}}}}',
        b'{"delete": [1]}',
        b'{"errors": [{"title": "Not Found Error"}]}',
        b'{"errors": "all of it"}',
        '{"data": {"id": "1"}}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"data": {"id": "1", "text": ' + b"[" * 100_000,
        b'{"data": {"id": "1", "text": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}",
    ],
)
def test_what_is_neither_goes_on_as_it_is(message: bytes) -> None:
    malformed = parse(message)
    assert malformed.kind == "malformed"
    assert malformed.received.value == message
    assert malformed.received.key == b""


def test_a_nesting_that_can_just_be_read_breaks_nothing() -> None:
    for depth in range(900, 1000):
        line = b'{"data": {"id": "1", "text": ' + b"[" * depth + b"]" * depth + b"}}"
        assert parse(line).kind in ("post", "malformed")
