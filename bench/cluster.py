"""A cluster on this machine for measurements: Kafka, HDFS, Spark, and our commands against them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from access.kafka.access import KafkaAccess
from bench.usage import list_tree
from settings import load_settings
from stack.java import find_java
from stack.kafka import create_topic
from stack.state import lead_to_stack, read_state
from tests.commands import ROOT, run_module

REPLICAS = 3
_GRACE_SECONDS = 60
_SERVICES = {
    "kafka": "brokers",
    "namenode": "NameNode",
    "datanode": "DataNodes",
    "spark": "Spark master and workers",
}


class RunFailed(Exception):
    """A command of ours has failed; the message holds the end of what it said."""


@dataclass(frozen=True)
class Cluster:
    """Three brokers, three DataNodes, and Spark with workers of one core each.

    `env` points every command of ours at it, `folder` holds all that it writes.
    """

    folder: Path
    env: dict[str, str]
    spark_master: str
    hdfs_url: str
    webhdfs_url: str
    services: list[tuple[str, int]]

    def create_topic(self, name: str, partitions: int) -> None:
        """Create a topic as the local stack does."""
        access = KafkaAccess(tuple(self.env["TWEETS_BOOTSTRAP_SERVERS"].split(",")))
        create_topic(access, name, partitions, REPLICAS)

    def find_processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Find the processes of the services by their part; executors are children of workers."""
        for name, pid in self.services:
            part = _SERVICES[name.partition("-")[0]]
            for position, process in enumerate(list_tree(pid)):
                yield (part if position == 0 else "executors"), process

    @contextmanager
    def running(self, *command: str, log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command of ours with further settings; it is ended if it does not end before."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.env, **env},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def submit(self, workers: int, *options: str) -> list[str]:
        """Write the command of the job on so many of the workers."""
        return [
            *("./spark-submit.sh", *options, "--master", self.spark_master),
            *("--conf", f"spark.cores.max={workers}"),
        ]


def find_job(process: subprocess.Popen[bytes]) -> Iterator[tuple[str, psutil.Process]]:
    """Find the processes of a submitted job by their part."""
    for one in list_tree(process.pid):
        try:
            name = one.name()
        except psutil.NoSuchProcess:
            continue
        yield ("driver JVM" if name == "java" else "driver Python"), one


def stop(process: subprocess.Popen[bytes], number: signal.Signals, log: Path) -> None:
    """Ask a command to end, and wait for it; raise `RunFailed` if it did not end well."""
    process.send_signal(number)
    expect_success(process, log, _GRACE_SECONDS)


def expect_success(process: subprocess.Popen[bytes], log: Path, timeout_seconds: float) -> None:
    """Wait for a command; raise `RunFailed` with the end of its log if it did not end well."""
    try:
        code: int | None = process.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        code = None
    if code != 0:
        outcome = "had not ended" if code is None else f"ended with exit code {code}"
        said = log.read_text(errors="replace")[-3_000:]
        raise RunFailed(f"The {log.stem} {outcome}:\n{said}")


@contextmanager
def running_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """Start a cluster on free ports with all that it writes in a folder; stop it at the end."""
    env = {**os.environ, "TWEETS_LOCAL_DIR": str(folder)}
    size = ["--brokers", str(REPLICAS), "--workers", str(workers)]
    try:
        run_module("stack", "up", *size, "--free-ports", env=env)
        state = read_state(folder)
        assert state
        assert state.spark_master
        env |= lead_to_stack(state, "/tweets") | {
            "TWEETS_MODEL_ROOT": str(load_settings().model_root.absolute()),
            "JAVA_HOME": str(find_java()),
        }
        services = [(service.name, service.pid) for service in state.services]
        yield Cluster(folder, env, state.spark_master, state.hdfs_url, state.webhdfs_url, services)
    finally:
        run_module("stack", "down", env=env)


def produce(rate: float, count: int | None = None) -> list[str]:
    """Write the command of a producer of synthetic tweets."""
    bounded = [] if count is None else ["--count", str(count)]
    return [sys.executable, "-m", "producer", "--rate", str(rate), "--seed", "1", *bounded]
