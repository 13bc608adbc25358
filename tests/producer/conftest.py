"""Producers as processes, what they have left in the topic, and a broker that can be paused."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from producer_process import ROOT, ProducerProcess, StartProducer
from topic_reader import TopicReader


@pytest.fixture
def start_producer(tmp_path: Path) -> Iterator[StartProducer]:
    """Start producers with arguments and an environment; none outlives its test."""
    started: list[ProducerProcess] = []

    def start(*arguments: str, env: dict[str, str]) -> ProducerProcess:
        folder = tmp_path / f"producer-{len(started)}"
        folder.mkdir()
        started.append(ProducerProcess(arguments, env, folder))
        return started[-1]

    yield start
    for producer in started:
        producer.end()


@pytest.fixture
def topic_reader(stack: Any, topic: str) -> Iterator[TopicReader]:
    """A reader of this test's topic."""
    reader = TopicReader(stack.bootstrap_servers, topic)
    yield reader
    reader.close()


@pytest.fixture
def topic_env(stack: Any, topic: str) -> dict[str, str]:
    """The environment that points a producer at this test's topic."""
    return {**stack.env, "TWEETS_TOPIC": topic}


@pytest.fixture
def pause_broker(stack: Any) -> Callable[[], AbstractContextManager[None]]:
    """Hold the broker still, as a machine that hangs does: its port is open, it does not answer."""
    status = subprocess.run(
        [sys.executable, "-m", "stack", "status", "--json"],
        cwd=ROOT,
        env=stack.env,
        capture_output=True,
        check=True,
    )
    services = json.loads(status.stdout)["services"]
    pid = next(service["pid"] for service in services if service["name"].startswith("kafka"))

    @contextmanager
    def pause() -> Iterator[None]:
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    return pause
