import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ROOT, run_module
from real_cluster import BROKERS, WORKERS, Cluster, can_hide_files, hide_files_from_executors
from whole_path import new_topic

from stack.java import find_java


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, model_root: Path) -> Iterator[Cluster]:
    """The cluster of a module; its executors see neither our code nor our model."""
    folder = tmp_path_factory.mktemp("cluster")
    daemon_env = {**os.environ, "TWEETS_LOCAL_DIR": str(folder)}
    if can_hide_files():
        hidden = [model_root, ROOT / "jobs", ROOT / "models", ROOT / ".venv" / "jars"]
        home = hide_files_from_executors(folder / "java", find_java(), hidden)
        daemon_env["JAVA_HOME"] = str(home)
    try:
        yield start_cluster(daemon_env, model_root)
    finally:
        run_module("stack", "down", env=daemon_env)


def start_cluster(daemon_env: dict[str, str], model_root: Path) -> Cluster:
    services = ["--brokers", str(BROKERS), "--workers", str(WORKERS)]
    run_module("stack", "up", "--free-ports", *services, env=daemon_env)
    status = json.loads(run_module("stack", "status", "--json", env=daemon_env))
    env = {
        **daemon_env,
        "JAVA_HOME": str(find_java()),
        "HADOOP_CONF_DIR": status["hadoop_conf_dir"],
        "TWEETS_BOOTSTRAP_SERVERS": status["bootstrap_servers"],
        "TWEETS_WEBHDFS_URL": status["webhdfs_url"],
        "TWEETS_MODEL_ROOT": str(model_root),
        "TWEETS_MAX_OFFSETS_PER_TRIGGER": "3000",
        "TWEETS_TRIGGER_SECONDS": "0.1",
        "TWEETS_LEASE_SECONDS": "4",
    }
    names = ("hdfs_url", "webhdfs_url", "spark_master", "bootstrap_servers")
    return Cluster(env, daemon_env, *(status[name] for name in names))


@pytest.fixture
def topic(cluster: Cluster) -> Iterator[str]:
    """A new topic of three partitions with three replicas."""
    with new_topic(cluster.bootstrap_servers, replication=BROKERS) as name:
        yield name


@pytest.fixture
def env(cluster: Cluster, topic: str) -> dict[str, str]:
    """What points our commands at the cluster, the topic and a data root of its own."""
    return cluster.env | {
        "TWEETS_TOPIC": topic,
        "TWEETS_DATA_ROOT": f"{cluster.hdfs_url}/{topic}",
    }
