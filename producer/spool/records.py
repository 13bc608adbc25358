"""How a message lies in a file of the spool: sizes and checksums first, then what was received."""

import struct
from collections.abc import Iterator
from zlib import crc32

from producer.sources.live import Received

_SIZE_AND_CHECKSUM = struct.Struct("<II")
_CHECKSUM = struct.Struct("<I")
_LENGTHS = struct.Struct("<III")
_HEADER_SIZE = _SIZE_AND_CHECKSUM.size + _CHECKSUM.size
# An identity may come from JSON, in which half a surrogate pair can be written.
_UNICODE = ("utf-8", "surrogatepass")


class BrokenRecord(Exception):
    """The bytes at this place are no record; `is_torn` if a write was cut off there."""

    def __init__(self, is_torn: bool) -> None:
        super().__init__(is_torn)
        self.is_torn = is_torn


def encode_record(received: Received) -> bytes:
    """Write a message as a record; the header has a checksum of its own, so its size is sure."""
    identity = received.identity.encode(*_UNICODE)
    lengths = _LENGTHS.pack(len(received.key), len(received.value), len(identity))
    cursor = received.cursor.encode(*_UNICODE)
    payload = b"".join([lengths, received.key, received.value, identity, cursor])
    header = _SIZE_AND_CHECKSUM.pack(len(payload), crc32(payload))
    return b"".join([header, _CHECKSUM.pack(crc32(header)), payload])


def parse_records(data: bytes) -> Iterator[tuple[Received, int]]:
    """Read records until the bytes end, each with the place behind it; raises `BrokenRecord`."""
    end = 0
    while end < len(data):
        start = end + _HEADER_SIZE
        if start > len(data):
            raise BrokenRecord(is_torn=True)
        size, checksum = _SIZE_AND_CHECKSUM.unpack_from(data, end)
        (header_checksum,) = _CHECKSUM.unpack_from(data, end + _SIZE_AND_CHECKSUM.size)
        if crc32(data[end : end + _SIZE_AND_CHECKSUM.size]) != header_checksum:
            raise BrokenRecord(is_torn=False)
        end = start + size
        if end > len(data):
            raise BrokenRecord(is_torn=True)
        payload = data[start:end]
        if crc32(payload) != checksum:
            raise BrokenRecord(is_torn=False)
        yield _parse_payload(payload), end


def _parse_payload(payload: bytes) -> Received:
    key_length, value_length, identity_length = _LENGTHS.unpack_from(payload)
    value_start = _LENGTHS.size + key_length
    identity_start = value_start + value_length
    cursor_start = identity_start + identity_length
    return Received(
        payload[_LENGTHS.size : value_start],
        payload[value_start:identity_start],
        payload[identity_start:cursor_start].decode(*_UNICODE),
        payload[cursor_start:].decode(*_UNICODE),
    )
