"""Replays in tests, of lines written for them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fake_timer import FakeTimer

from access.hdfs.access import HdfsAccess
from producer.message import Message
from producer.pace import Pacer
from producer.sources.replay import Manner, replay_messages

FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 27, tzinfo=UTC)


def write_line(tweet_id: str, seconds: float = 0.0, **fields: Any) -> bytes:
    created_at = (FIRST + timedelta(seconds=seconds)).isoformat()
    data = {"id": tweet_id, "text": "rain", "created_at": created_at}
    return json.dumps({"data": data, "source": "x", **fields}).encode() + b"\n"


def replay(*files: Path | str, timer: FakeTimer | None = None, **manner: Any) -> Iterator[Message]:
    timer = timer or FakeTimer()
    names = [str(file) for file in files]
    return replay_messages(
        names,
        Manner(**manner),
        Pacer(timer, timer.wait),
        lambda: TODAY + timedelta(seconds=timer.seconds),
        HdfsAccess(("http://127.0.0.1:1",)),
    )


def read_ids(messages: Iterator[Message]) -> list[str]:
    return [json.loads(message.value)["data"]["id"] for message in messages]
