"""Running the job in tests, and reading what it stored."""

import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import hdfs
import pandas as pd
from commands import ROOT, run_module
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

JOB = ["./spark-submit.sh"]
TWEETS = 5_000
BROKEN = [
    b"",
    b"not json",
    b'{"data":{}}',
    b"\xff\xfe\x00",
    b'{"data":{"id":"1","text":"x","created_at":"2099-01-01T00:00:00Z"}}',
]
BROKEN_COUNT = 200


@contextmanager
def new_topic(bootstrap_servers: str, replication: int = 1) -> Iterator[str]:
    """Create a topic of three partitions, stamped by the broker, and delete it at the end."""
    name = f"tweets-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(max(1, replication - 1)),
    }
    admin.create_topics([NewTopic(name, 3, replication, topic_configs=configs)])
    try:
        yield name
    finally:
        admin.delete_topics([name])
        admin.close()


@contextmanager
def running(
    command: list[str], env: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, and leave nothing of it behind."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def read_parquet(stack, topic: str, dataset: str) -> pd.DataFrame:
    """Read a dataset as somebody who knows only pandas and WebHDFS."""
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)
    frames = []
    for folder, _, names in client.walk(f"/{topic}/{dataset}"):
        for name in names:
            with client.read(f"{folder}/{name}") as reader:
                frames.append(pd.read_parquet(io.BytesIO(reader.read())))
    return pd.concat(frames, ignore_index=True)


def produce_everything(env: dict[str, str], count: int = TWEETS) -> None:
    """Deliver tweets as a user would, and broken messages behind them."""
    command = ["producer", "--rate", "5000", "--count", str(count), "--seed", "7"]
    assert run_module(*command, env=env).endswith(f"delivered {count}, failed 0\n")
    send_broken(env)


def send_broken(env: dict[str, str]) -> None:
    """Deliver messages that are no tweets."""
    producer = KafkaProducer(bootstrap_servers=env["TWEETS_BOOTSTRAP_SERVERS"])
    for number in range(BROKEN_COUNT):
        producer.send(env["TWEETS_TOPIC"], BROKEN[number % len(BROKEN)])
    producer.flush(timeout=30)
    producer.close()


def read_topic(env: dict[str, str]) -> list[tuple[int, int, bytes | None]]:
    """Read every message of the topic: partition, offset, value."""
    consumer = KafkaConsumer(bootstrap_servers=env["TWEETS_BOOTSTRAP_SERVERS"])
    partitions = [TopicPartition(env["TWEETS_TOPIC"], number) for number in range(3)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    messages = []
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=1000).values():
            messages += [(record.partition, record.offset, record.value) for record in records]
    consumer.close()
    return messages


def list_commits(stack, topic: str) -> list[str]:
    """List the batches that the ledger below /<topic> holds, the latest last."""
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)
    if client.status(f"/{topic}/_commits", strict=False) is None:
        return []
    entries = client.list(f"/{topic}/_commits", status=True)
    entries.sort(key=lambda entry: entry[1]["modificationTime"])
    return [name for name, _ in entries if name.endswith(".json")]


def count_committed(stack, topic: str) -> int:
    """Count the messages up to which the ledger below /<topic> goes."""
    commits = list_commits(stack, topic)
    if not commits:
        return 0
    client = hdfs.InsecureClient(stack.webhdfs_url, timeout=10)
    with client.read(f"/{topic}/_commits/{commits[-1]}") as reader:
        return sum(json.load(reader)["until_offsets"].values())


def is_proved(env: dict[str, str]) -> bool:
    """Say whether `verify` finds each message of the topic stored exactly once."""
    command = [sys.executable, "-m", "jobs.verify", "--topic"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    return result.returncode == 0


def assert_each_is_stored_once(
    stack, topic: str, messages: list[tuple[int, int, bytes | None]]
) -> dict[str, int]:
    """Hold what is stored to the messages of the topic; return the number of tweets by category."""
    tweets, rejected = (read_parquet(stack, topic, name) for name in ("tweets", "rejected"))
    stored = Counter(zip(tweets["partition"], tweets["offset"], strict=True))
    stored += Counter(zip(rejected["partition"], rejected["offset"], strict=True))
    assert stored == Counter((partition, offset) for partition, offset, _ in messages)
    assert len(rejected) == sum(not is_tweet(raw) for *_, raw in messages)
    sent = Counter(json.loads(raw)["data"]["id"] for *_, raw in messages if is_tweet(raw))
    assert Counter(tweets["id"]) == sent
    assert all(count == 1 for count in sent.values())

    per_category = tweets["category"].value_counts().to_dict()
    counts = read_parquet(stack, topic, "category_counts")
    assert counts.groupby("category")["tweet_count"].sum().to_dict() == per_category
    return per_category


def is_tweet(raw: bytes | None) -> bool:
    return raw is not None and raw.startswith(b'{"data":{"id"') and b"2099-" not in raw
