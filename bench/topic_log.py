"""What brokers on this machine have written of a topic, read from their files."""

import struct
from collections.abc import Iterator
from pathlib import Path

# Of a record batch of Kafka's format 2: its offset and the length of what follows; then, that far
# in, how many messages it has.
_HEAD = struct.Struct(">qi")
_COUNT = struct.Struct(">i")
_COUNT_AT = 57


def describe_log(kafka_folder: Path, topic: str) -> dict[str, float]:
    """Say how many bytes a message takes in a topic, and how many come in one record batch."""
    logs = [path.read_bytes() for path in kafka_folder.glob(f"broker-*/{topic}-*/*.log")]
    batch_sizes = [count for log in logs for count in read_batch_sizes(log)]
    messages = sum(batch_sizes)
    return {
        "bytes_per_message": sum(map(len, logs)) / messages,
        "messages_per_record_batch": messages / len(batch_sizes),
    }


def read_batch_sizes(log: bytes) -> Iterator[int]:
    """Read how many messages each record batch of a segment has."""
    position = 0
    while position < len(log):
        _, length = _HEAD.unpack_from(log, position)
        yield _COUNT.unpack_from(log, position + _COUNT_AT)[0]
        position += _HEAD.size + length
