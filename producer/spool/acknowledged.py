"""What Kafka has of the spool: told by it in any order, kept in a file across restarts."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What need not be sent again: all records before number `position`.

    What of the others is in the topic of this id nevertheless lies from `offsets` on, which are
    given by partition. Without a topic's id, nothing is known about it.
    """

    position: int = 0
    topic_id: str = ""
    offsets: Mapping[int, int] = field(default_factory=dict)


class Acknowledgements:
    """Follows which records Kafka has, whatever order it says so in. Not for threads at once."""

    def __init__(self, saved: Acknowledged) -> None:
        self.position = saved.position
        self._topic_id = saved.topic_id
        self._offsets = dict(saved.offsets)
        # Partition and offset of each record behind a gap; of those that are lost there are none.
        self._beyond: dict[int, tuple[int, int] | None] = {}

    def settle(self, number: int, partition: int, offset: int) -> None:
        """Note where Kafka has put a record."""
        if number >= self.position:
            self._beyond[number] = (partition, offset)
            self._advance()

    def begin_at(self, number: int) -> None:
        """Wait for no records before this number."""
        self.position = max(self.position, number)

    def pass_over(self, start: int, end: int) -> None:
        """Wait for no records from this number to before that."""
        self._beyond |= dict.fromkeys(range(max(start, self.position), end))
        self._advance()

    def begin_topic(self, topic_id: str, end_offsets: Mapping[int, int]) -> None:
        """Note that whatever is not settled yet will be sent, and lie from these offsets on."""
        self._topic_id = topic_id
        self._offsets = dict(end_offsets)

    def is_settled(self, number: int) -> bool:
        """Tell whether a record need not be sent."""
        return number < self.position or number in self._beyond

    def summarize(self) -> Acknowledged:
        """Tell what to save."""
        offsets = dict(self._offsets)
        for partition, offset in filter(None, self._beyond.values()):
            offsets[partition] = min(offsets.get(partition, offset), offset)
        return Acknowledged(self.position, self._topic_id, offsets)

    def _advance(self) -> None:
        while self.position in self._beyond:
            place = self._beyond.pop(self.position)
            self.position += 1
            if place:
                partition, offset = place
                self._offsets[partition] = max(self._offsets.get(partition, 0), offset + 1)


def load_acknowledged(path: Path, say: Callable[[str], None]) -> Acknowledged:
    """Read what was saved; if it is missing or damaged, nothing is known."""
    try:
        content = json.loads(path.read_bytes())
        acknowledged = Acknowledged(
            content["position"],
            content["topic_id"],
            {int(partition): offset for partition, offset in content["offsets"].items()},
        )
        if content["crc32"] != _checksum(acknowledged):
            raise ValueError
    except FileNotFoundError:
        return Acknowledged()
    except (ValueError, KeyError, TypeError, AttributeError):
        say(
            f"{path} is damaged: all messages that the spool holds are looked for in the topic, "
            "and sent if they are not there."
        )
        return Acknowledged()
    return acknowledged


def store_acknowledged(path: Path, acknowledged: Acknowledged) -> None:
    """Write what is to be saved, so that at any moment the old file or the new one is there."""
    fresh = path.with_suffix(".new")
    content = _list_fields(acknowledged) | {"crc32": _checksum(acknowledged)}
    with fresh.open("w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _list_fields(acknowledged: Acknowledged) -> dict[str, Any]:
    return {
        "position": acknowledged.position,
        "topic_id": acknowledged.topic_id,
        "offsets": {str(number): offset for number, offset in acknowledged.offsets.items()},
    }


def _checksum(acknowledged: Acknowledged) -> int:
    return crc32(json.dumps(_list_fields(acknowledged), sort_keys=True).encode())
