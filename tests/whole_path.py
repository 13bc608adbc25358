"""Running the job in tests, and reading what it stored."""

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import hdfs
import pandas as pd
from commands import ROOT

JOB = ["./spark-submit.sh"]


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
