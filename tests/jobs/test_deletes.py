"""Messages that ask to forget a tweet; those that cannot be kept are among the broken ones."""

from datetime import datetime

import pyarrow.parquet as pq
from literal_messages import RECEIVED_AT, delete, encode, message

from jobs.messages import select_deletions, select_rejected, select_tweets
from models.tweet import compose_delete


def test_a_delete_becomes_a_deletion_with_its_position(parse):
    value = compose_delete("did:plc:ann/3k", "jetstream", "2026-11-24T09:29:58.123456Z")
    (row,) = select_deletions(parse(value)).collect()
    assert row.asDict() == {
        "id": "did:plc:ann/3k",
        "source": "jetstream",
        "deleted_at": datetime(2026, 11, 24, 9, 29, 58, 123_456),  # noqa: DTZ001
        "topic": "tweets",
        "partition": 0,
        "offset": 0,
        "received_at": RECEIVED_AT.replace(tzinfo=None),
    }


def test_a_delete_at_no_time_counts_from_its_receipt(parse):
    no_times = [None, "", "yesterday", "2026", 1764, {"at": 1}]
    rows = select_deletions(parse(*(delete(deleted_at=time) for time in no_times))).collect()
    assert [row.deleted_at for row in rows] == [RECEIVED_AT.replace(tzinfo=None)] * len(no_times)


def test_a_delete_counts_however_odd_its_time(parse, tmp_path):
    times = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z"]
    deletions = select_deletions(parse(*(delete(deleted_at=time) for time in times)))
    deletions.write.parquet(str(tmp_path / "deletions"))
    stored = pq.read_table(tmp_path / "deletions").to_pylist()
    assert [row["deleted_at"] for row in stored] == list(map(datetime.fromisoformat, times))


def test_a_delete_needs_no_more_than_an_id(parse):
    (row,) = select_deletions(parse(b'{"event":"delete","data":{"id":7}}')).collect()
    assert (row.id, row.source) == ("7", None)


def test_an_unknown_event_is_named_in_part(parse):
    (row,) = select_rejected(parse(delete(event="x" * 100))).collect()
    assert row.error == f"event is {'x' * 40}; only delete is known."


def test_a_null_event_is_none(parse):
    assert select_tweets(parse(encode(message() | {"event": None}))).count() == 1
