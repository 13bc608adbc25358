"""What every room's tests may use: a Spark session, and a real Kafka and HDFS of their own."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import run_module
from pyspark.sql import SparkSession
from whole_path import new_topic

from jobs.classify_tweets import SPARK_SETTINGS
from stack.state import FOR_OTHERS

UNSET = (*FOR_OTHERS, "X_BEARER_TOKEN", "X_BEARER_TOKEN_FILE")


@dataclass(frozen=True)
class Stack:
    """A running Kafka and HDFS; `env` points every command of ours at them."""

    bootstrap_servers: str
    hdfs_url: str
    webhdfs_url: str
    topic: str
    env: dict[str, str]


@pytest.fixture(autouse=True, scope="session")
def no_service_of_others() -> Iterator[None]:
    """Let no test reach a service of others, as the developer's settings may want it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in UNSET:
            patch.setenv(f"TWEETS_{name}", "")
        patch.setenv("TWEETS_KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
        patch.setenv("TWEETS_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
        patch.setenv("TWEETS_X_API_URL", "http://127.0.0.1:1")
        patch.setenv("TWEETS_JETSTREAM_URLS", "ws://127.0.0.1:1")
        patch.setenv("TWEETS_BLUESKY_API_URL", "http://127.0.0.1:1")
        yield


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A Kafka broker and an HDFS with three DataNodes, on free ports, for the whole test run."""
    local_dir = tmp_path_factory.mktemp("stack")
    env = {**os.environ, "TWEETS_LOCAL_DIR": str(local_dir)}
    try:
        run_module("stack", "up", "--free-ports", env=env)
        status = json.loads(run_module("stack", "status", "--json", env=env))
        env |= {
            "TWEETS_BOOTSTRAP_SERVERS": status["bootstrap_servers"],
            "TWEETS_WEBHDFS_URL": status["webhdfs_url"],
            "TWEETS_DATA_ROOT": status["hdfs_url"] + "/tweets",
            "TWEETS_TOPIC": status["topic"],
            "HADOOP_CONF_DIR": status["hadoop_conf_dir"],
        }
        yield Stack(
            status["bootstrap_servers"],
            status["hdfs_url"],
            status["webhdfs_url"],
            status["topic"],
            env,
        )
    finally:
        run_module("stack", "down", env=env)


@pytest.fixture
def topic(stack: Stack) -> Iterator[str]:
    """A new topic of three partitions, stamped by the broker."""
    with new_topic(stack.bootstrap_servers) as name:
        yield name


@pytest.fixture(scope="session")
def model_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with one small live model, trained as a user would."""
    root = tmp_path_factory.mktemp("models")
    run_module("training", "train", env={**os.environ, "TWEETS_MODEL_ROOT": str(root)})
    return root


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A local Spark session without a page."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config(map=SPARK_SETTINGS)
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield session
    session.stop()
