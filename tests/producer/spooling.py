"""Spools for tests, and processes of their own that fill one and can be killed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from fake_timer import FakeTimer

from access.kafka.access import KafkaAccess
from access.kafka.producer import close_producer
from producer.connection import await_producer
from producer.message import Message
from producer.publish import Limits, Publisher
from producer.sources.live import Received
from producer.spool.delivered import settle_delivered
from producer.spool.records import encode_record
from producer.spool.spool import Spool
from producer.timer import Timer

ROOT = Path(__file__).parents[2]
LARGE = 64 << 20


def make_received(number: int) -> Received:
    return Received(
        b"%04d" % number, b'{"text":"message %04d"}' % number, f"id-{number:04}", f"{number:04}"
    )


RECORD_SIZE = len(encode_record(make_received(0)))


def open_spool(folder: Path, limit: int = LARGE, said: list[str] | None = None) -> Spool:
    return Spool(folder, limit, (said if said is not None else []).append)


def append_all(spool: Spool, numbers: Iterable[int]) -> None:
    for number in numbers:
        assert spool.append(make_received(number))


def list_pending(spool: Spool) -> list[int]:
    return [int(received.key) for _, received in spool.list_pending()]


def take(spool: Spool, count: int | None = None) -> list[Message]:
    """Read so many messages, or all that are there."""
    timer = FakeTimer()
    messages: list[Message] = []
    for message in spool.read(timer, lambda seconds: setattr(timer, "stopped", True)):
        messages.append(message)
        if len(messages) == count:
            break
    return messages


def deliver(messages: Iterable[Message], offset: int = 0) -> None:
    for place, message in enumerate(messages, offset):
        assert message.on_delivered
        message.on_delivered(0, place)


def list_segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.segment"))


def start_spooling(*arguments: object) -> subprocess.Popen[str]:
    """Start this file as a process; it prints what it has done, a line each."""
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def append_without_end(folder: str) -> None:
    """Append as fast as it goes, from where the last run ended; print what has returned."""
    spool = Spool(Path(folder), LARGE, lambda _: None)
    number = int(spool.cursor or -1) + 1
    while True:
        spool.append(make_received(number))
        print(number, flush=True)
        number += 1


def publish_up_to(folder: str, servers: str, topic: str, count: str) -> None:
    """Deliver messages up to this number through a spool; print how many Kafka has, as it grows."""
    timer = Timer()
    access = KafkaAccess((servers,))
    producer = await_producer(access, topic, timer, 30, print)
    spool = Spool(Path(folder), LARGE, print)
    settle_delivered(spool, access, topic, timer, print)
    append_all(spool, range(int(spool.cursor or -1) + 1, int(count)))
    spool.finish()
    publisher = Publisher(
        producer, topic, timer, Limits(30), lambda progress: print(progress.delivered, flush=True)
    )
    publisher.publish(spool.read(timer, publisher.wait))
    spool.save()
    spool.close()
    close_producer(producer)


COMMANDS: dict[str, Callable[..., None]] = {
    "append": append_without_end,
    "publish": publish_up_to,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
