import struct

import pytest

from bench.topic_log import describe_log


def write_record_batch(offset: int, messages: int, size: int) -> bytes:
    """Write a record batch of Kafka's format 2 with nothing in it but its length and its count."""
    rest = bytearray(size - 12)
    struct.pack_into(">i", rest, 57 - 12, messages)
    return struct.pack(">qi", offset, len(rest)) + rest


def test_a_topic_is_described_by_the_logs_of_all_its_replicas(tmp_path):
    for broker in (1, 2, 3):
        for partition in (0, 1):
            folder = tmp_path / f"broker-{broker}" / f"tweets-{partition}"
            folder.mkdir(parents=True)
            log = write_record_batch(0, 3, 400) + write_record_batch(3, 1, 200)
            (folder / "00000000000000000000.log").write_bytes(log)
    assert describe_log(tmp_path, "tweets") == {
        "bytes_per_message": pytest.approx(150),
        "messages_per_record_batch": 2,
    }
