import json
from typing import Any

import pytest

from producer.sources.jetstream.choice import is_chosen
from producer.sources.jetstream.events import (
    Delete,
    Malformed,
    OtherEvent,
    Post,
    compose_received,
    parse_frame,
)
from producer.sources.jetstream.profiles import Profile

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
TIME_US = 1_795_000_000_123_456


def make_event(**fields: Any) -> dict[str, Any]:
    record = {"text": "rain", "createdAt": "2026-11-18T13:46:40.1Z", "langs": ["en-GB", "de"]}
    commit = {
        "rev": "3lrev",
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": "3lkey",
        "record": record | fields.pop("record", {}),
    }
    commit |= fields.pop("commit", {})
    return {"did": DID, "time_us": TIME_US, "kind": "commit", "commit": commit} | fields


def parse(**fields: Any) -> Any:
    return parse_frame(json.dumps(make_event(**fields)).encode())


def make_post(post_id: str = f"{DID}/3lkey", langs: tuple[str, ...] = ("en",)) -> Post:
    return Post(post_id, "create:…", TIME_US, DID, "rain", "2026-11-18T13:46:40Z", langs)


def test_a_post_becomes_a_message_with_its_author() -> None:
    received = compose_received(parse(), Profile("rain.example.com", "Rain Man"))
    assert json.loads(received.value) == {
        "data": {
            "id": f"{DID}/3lkey",
            "text": "rain",
            "created_at": "2026-11-18T13:46:40.1Z",
            "author_id": DID,
            "lang": "en-GB",
        },
        "includes": {"users": [{"id": DID, "name": "Rain Man", "username": "rain.example.com"}]},
        "source": "jetstream",
    }
    assert received.key == f"{DID}/3lkey".encode()
    assert received.identity == f"create:{DID}/3lkey:3lrev"
    assert received.cursor == str(TIME_US)


def test_without_a_profile_the_author_goes_by_the_did() -> None:
    users = json.loads(compose_received(parse(), None).value)["includes"]["users"]
    assert users == [{"id": DID, "name": "", "username": DID}]


def test_an_update_has_the_id_of_its_post_and_an_identity_of_its_own() -> None:
    first = compose_received(parse(), None)
    update = parse(commit={"operation": "update", "rev": "3lrev2"})
    changed = compose_received(update, None)
    assert changed.key == first.key
    assert changed.identity == f"update:{DID}/3lkey:3lrev2"


def test_a_delete_becomes_a_message_that_asks_to_forget_the_post() -> None:
    event = make_event(commit={"operation": "delete"})
    del event["commit"]["record"]
    delete = parse_frame(json.dumps(event).encode())
    assert isinstance(delete, Delete)
    received = compose_received(delete, None)
    assert json.loads(received.value) == {
        "event": "delete",
        "data": {"id": f"{DID}/3lkey"},
        "source": "jetstream",
        "deleted_at": "2026-11-18T11:06:40.123Z",
    }
    assert received.key == f"{DID}/3lkey".encode()
    assert received.identity == f"delete:{DID}/3lkey:3lrev"


def test_the_same_event_of_another_server_has_the_same_identity() -> None:
    here, there = (compose_received(parse(time_us=TIME_US + shift), None) for shift in (0, 777))
    assert here.identity == there.identity


@pytest.mark.parametrize("langs", [None, [], {}, "en", [5]])
def test_a_post_need_not_say_its_language(langs: object) -> None:
    assert "lang" not in json.loads(compose_received(parse(record={"langs": langs}), None).value)


def test_what_authors_have_put_in_a_record_is_for_the_job_to_judge() -> None:
    post = parse(record={"text": {"no": "text"}, "createdAt": 5})
    data = json.loads(compose_received(post, None).value)["data"]
    assert (data["text"], data["created_at"]) == ({"no": "text"}, 5)


@pytest.mark.parametrize(("text", "is_wordless"), [("", True), (" \n", True), ("a", False)])
def test_pictures_only_have_no_words(text: str, is_wordless: bool) -> None:
    assert parse(record={"text": text}).is_wordless is is_wordless


def test_unknown_fields_change_nothing() -> None:
    more = parse(cursor=7, commit={"seq": 9}, record={"embed": {"a": 1}, "reply": {}})
    assert more == parse()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "account", "account": {"active": False}},
        {"kind": "identity", "identity": {"handle": "a.example.com"}},
        {"kind": "sync"},
        {"commit": {"collection": "app.bsky.feed.like"}},
        {"commit": {"operation": "resync"}},
    ],
)
def test_other_events_only_tell_the_time(fields: dict[str, Any]) -> None:
    assert parse(**fields) == OtherEvent(TIME_US)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b'{"did": "did:plc:a", "time_us": 17959',
        json.dumps(make_event()).encode("utf-16"),
        json.dumps(make_event(record={"text": "caf\xe9"}), ensure_ascii=False).encode("latin-1"),
        b"\x28\xb5\x2f\xfd\x00\x58\x01",
        b"[" * 100_000,
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"did": "did:plc:a", "time_us": 1795000000123456, "kind": "commit", "commit": null}',
        *(
            json.dumps(make_event(**fields)).encode()
            for fields in (
                {"did": 5},
                {"did": "did:plc:\ud800"},
                {"time_us": "1795000000123456"},
                {"time_us": True},
                {"time_us": -1},
                {"time_us": 10**30},
                {"time_us": 1.5},
                {"commit": {"rkey": "a/b"}},
                {"commit": {"rev": None}},
                {"commit": {"record": "text"}},
                {"commit": {"record": None}},
            )
        ),
    ],
)
def test_what_is_no_event_goes_on_as_it_came(frame: bytes) -> None:
    assert parse_frame(frame) is None
    received = compose_received(Malformed(frame, "41"), None)
    assert (received.key, received.value, received.cursor) == (b"", frame, "41")
    assert received.identity == compose_received(Malformed(frame, "55"), None).identity
    assert received.identity != compose_received(Malformed(frame + b" ", "41"), None).identity


@pytest.mark.parametrize(
    ("langs", "is_wanted"),
    [
        (("en",), True),
        (("de", "en"), True),
        (("en-GB",), True),
        (("EN",), True),
        (("de",), False),
        (("enm",), False),
        ((), False),
    ],
)
def test_a_language_chooses_posts_by_any_of_theirs(langs: tuple[str, ...], is_wanted: bool) -> None:
    assert is_chosen(make_post(langs=langs), "en", 1.0) is is_wanted


def test_deletes_have_no_language_and_pass() -> None:
    assert is_chosen(Delete(f"{DID}/3lkey", "delete:…", TIME_US), "en", 1.0)


def test_a_sample_is_a_share_of_the_posts_and_always_the_same() -> None:
    posts = [make_post(f"{DID}/{number}") for number in range(10_000)]
    chosen = [post.id for post in posts if is_chosen(post, None, 0.1)]
    assert len(chosen) == pytest.approx(1000, abs=100)
    assert chosen == [post.id for post in posts if is_chosen(post, None, 0.1)]
    assert set(chosen) <= {post.id for post in posts if is_chosen(post, None, 0.2)}
    assert all(is_chosen(post, None, 1.0) for post in posts)


def test_a_delete_shares_the_lot_of_its_post() -> None:
    for number in range(200):
        post = make_post(f"{DID}/{number}")
        delete = Delete(post.id, "delete:…", TIME_US)
        assert is_chosen(delete, None, 0.3) is is_chosen(post, None, 0.3)
