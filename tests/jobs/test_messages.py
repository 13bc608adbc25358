import hashlib
import json
from datetime import timedelta

import pytest
from literal_messages import RECEIVED_AT, build_messages, delete, encode, message
from pyspark.sql import Observation

from jobs.messages import (
    TimeLimits,
    parse_messages,
    select_deletions,
    select_rejected,
    select_tweets,
)
from models.tweet import Tweet, build_message


def without(field: str) -> bytes:
    whole = message()
    del whole["data"][field]
    return encode(whole)


GOOD = encode(message())

BROKEN = {
    "null": (None, "null_value"),
    "empty": (b"", "empty_value"),
    "blank": (b"  ", "invalid_json"),
    "text": (b"hello", "invalid_json"),
    "a JSON string": (b'"hello"', "invalid_json"),
    "a JSON list": (b"[" + GOOD + b"]", "invalid_json"),
    "JSON null": (b"null", "missing_id"),
    "cut off": (GOOD[:-1], "invalid_json"),
    "text behind": (GOOD + b" and more", "invalid_json"),
    "a second object behind": (GOOD + GOOD, "invalid_json"),
    "a second element behind": (GOOD + b"," + GOOD, "invalid_json"),
    "a closed list behind": (GOOD + b"],[1", "invalid_json"),
    "single quotes": (GOOD.replace(b'"', b"'"), "invalid_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "invalid_json"),
    "latin-1": (encode(message(text="caf\u00e9")).decode().encode("latin-1"), "invalid_utf8"),
    "utf-16": (GOOD.decode().encode("utf-16"), "invalid_utf8"),
    "deep nesting": (b"[" * 50_000, "invalid_json"),
    "an endless number": (GOOD[:-1] + b',"n":' + b"9" * 5_000 + b"}", "invalid_json"),
    "an endless name": (GOOD[:-1] + b',"' + b"n" * 60_000 + b'":1}', "invalid_json"),
    "an empty object": (b"{}", "missing_id"),
    "no id": (without("id"), "missing_id"),
    "a blank id": (encode(message(id=" ")), "missing_id"),
    "no text": (without("text"), "missing_text"),
    "null text": (encode(message(text=None)), "missing_text"),
    "an object as text": (encode(message(text={"a": 1})), "missing_text"),
    "a text of white space": (encode(message(text=" \n\t")), "missing_text"),
    "an object with a key twice as text": (
        GOOD.replace(b'"pizza"', b'{"a":1,"a":2}'),
        "missing_text",
    ),
    "a list as text": (encode(message(text=["a"])), "missing_text"),
    "no time": (without("created_at"), "missing_created_at"),
    "a word as time": (encode(message(created_at="yesterday")), "invalid_created_at"),
    "a bare year": (encode(message(created_at="2026")), "invalid_created_at"),
    "a time of day": (encode(message(created_at="T09:30:00Z")), "invalid_created_at"),
    "hour 25": (encode(message(created_at="2026-11-24T25:00:00Z")), "invalid_created_at"),
    "2099": (encode(message(created_at="2099-01-01T00:00:00Z")), "created_at_out_of_range"),
    "1970": (encode(message(created_at="1970-01-01T00:00:00Z")), "created_at_out_of_range"),
    "an edit": (delete(event="edit"), "unknown_event"),
    "a tweet with an event": (encode(message() | {"event": "Delete"}), "unknown_event"),
    "a blank event": (delete(event=""), "unknown_event"),
    "an object as event": (delete(event={"delete": 1}, data=None), "unknown_event"),
    "a delete of nothing": (delete(data={}), "missing_id"),
    "a delete of a blank id": (delete(data={"id": " \n"}), "missing_id"),
    "a delete of an object": (delete(data={"id": {"did": "1"}}), "missing_id"),
    "a delete cut off": (delete()[:-1], "invalid_json"),
    "year 99999": (encode(message(created_at="99999-01-01T00:00:00Z")), "invalid_created_at"),
}


def test_a_message_becomes_a_tweet_with_its_author_and_position(parse):
    tweet = Tweet("7", "so good 🍕", RECEIVED_AT, "u9", "bob", "Bob", "en", "synthetic")
    (row,) = select_tweets(parse(build_message(tweet))).collect()
    assert row.asDict() == {
        "id": "7",
        "text": "so good 🍕",
        "created_at": RECEIVED_AT.replace(tzinfo=None),
        "user_id": "u9",
        "username": "bob",
        "name": "Bob",
        "lang": "en",
        "source": "synthetic",
        "topic": "tweets",
        "partition": 0,
        "offset": 0,
        "received_at": RECEIVED_AT.replace(tzinfo=None),
    }


def test_every_broken_message_is_rejected_with_its_reason(parse):
    rejected = select_rejected(parse(*(value for value, _ in BROKEN.values()))).collect()
    found = {row.offset: row for row in rejected}
    assert {
        name: found[offset].reason if offset in found else None
        for offset, name in enumerate(BROKEN)
    } == {name: reason for name, (_, reason) in BROKEN.items()}
    assert all(row.error.endswith(".") for row in rejected)


def test_a_rejected_message_keeps_its_bytes_capped_and_their_hash(parse):
    long = b"\xff" * 100_000
    short, capped = select_rejected(parse(b"\xfe\x00", long)).collect()
    assert bytes(short.raw) == b"\xfe\x00"
    assert bytes(capped.raw) == long[:65_536]
    assert capped.raw_length == 100_000
    assert capped.raw_sha256 == hashlib.sha256(long).hexdigest()


def test_each_message_is_either_a_tweet_or_a_deletion_or_rejected(spark):
    values = [GOOD, delete(), *(value for value, _ in BROKEN.values()), delete(), GOOD]
    observation = Observation()
    parsed = parse_messages(build_messages(spark, values), TimeLimits(), observation)
    tweets, deletions, rejected = (
        [row.offset for row in select(parsed).collect()]
        for select in (select_tweets, select_deletions, select_rejected)
    )
    assert tweets == [0, len(values) - 1]
    assert deletions == [1, len(values) - 2]
    assert sorted(tweets + deletions + rejected) == list(range(len(values)))
    assert observation.get == {
        "read_count": len(values),
        "rejected_count": len(BROKEN),
        "deletion_count": 2,
    }


def test_a_text_that_looks_like_json_is_a_text(parse):
    texts = ["[1]", "[Verse 1] la la", "{hello}", '{"a":1}', "'quoted'", "a\u0000b", "\\", "null"]
    rows = select_tweets(parse(*(encode(message(text=text)) for text in texts))).collect()
    assert [row.text for row in rows] == texts


def test_times_are_read_to_the_microsecond_in_utc(parse):
    microseconds = {
        "2026-11-24T09:30:00Z": 0,
        "2026-11-24T09:30:00.123Z": 123_000,
        "2026-11-24T09:30:00.123456Z": 123_456,
        "2026-11-24T11:30:00.123+02:00": 123_000,
    }
    messages = (encode(message(created_at=written)) for written in microseconds)
    rows = select_tweets(parse(*messages)).collect()
    expected = RECEIVED_AT.replace(tzinfo=None)
    assert [row.created_at for row in rows] == [
        expected.replace(microsecond=each) for each in microseconds.values()
    ]


def test_a_time_is_sane_up_to_its_limits(parse):
    are_sane = {
        timedelta(days=-30): True,
        timedelta(days=-30, milliseconds=-1): False,
        timedelta(minutes=5): True,
        timedelta(minutes=5, milliseconds=1): False,
    }
    moments = ((RECEIVED_AT + distance).isoformat(timespec="milliseconds") for distance in are_sane)
    tweets = select_tweets(parse(*(encode(message(created_at=each)) for each in moments)))
    sane = [number for number, is_sane in enumerate(are_sane.values()) if is_sane]
    assert [row.offset for row in tweets.collect()] == sane


def test_the_author_is_the_user_named_by_author_id(parse):
    others = message()
    others["includes"]["users"].insert(0, {"id": "u0", "name": "Zoe", "username": "zoe"})
    unnamed = message()
    del unnamed["data"]["author_id"]
    ambiguous = json.loads(encode(others))
    del ambiguous["data"]["author_id"]
    unknown = message(author_id="u5")
    broken_users = {**message(), "includes": {"users": "nobody"}}
    rows = select_tweets(
        parse(*map(encode, (others, unnamed, ambiguous, unknown, broken_users)))
    ).collect()
    assert [(row.user_id, row.username) for row in rows] == [
        ("u1", "ann"),
        ("u1", "ann"),
        (None, None),
        ("u5", None),
        ("u1", None),
    ]


def test_a_number_as_id_and_unknown_fields_are_accepted(parse):
    lenient = message(id=12, reply_settings="everyone")
    (row,) = select_tweets(parse(encode({**lenient, "matching_rules": [{"id": 1}]}))).collect()
    assert row.id == "12"


@pytest.mark.parametrize("select", [select_tweets, select_deletions, select_rejected])
def test_a_message_is_parsed_once(parse, capsys, select):
    select(parse(GOOD)).explain()
    assert capsys.readouterr().out.count("from_json(") == 1
