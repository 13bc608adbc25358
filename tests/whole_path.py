"""Running the job in tests, and reading what it stored."""

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import hdfs
import pandas as pd
from commands import ROOT
from kafka.admin import KafkaAdminClient, NewTopic

JOB = ["./spark-submit.sh"]


@contextmanager
def new_topic(bootstrap_servers: str) -> Iterator[str]:
    """Create a topic of three partitions, stamped by the broker, and delete it at the end."""
    name = f"tweets-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    admin.create_topics(
        [NewTopic(name, 3, 1, topic_configs={"message.timestamp.type": "LogAppendTime"})]
    )
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
