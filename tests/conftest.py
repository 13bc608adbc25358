"""What every room's tests may use: a Spark session, and a real Kafka and HDFS of their own."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import run_module
from producer_process import ProducerProcess, StartProducer
from pyspark import SparkContext
from pyspark.sql import SparkSession
from run_folder import build_stack_env, locate_run
from secured_kafka import PASSWORD, SecuredKafka, run_secured_kafka
from shared_model import make_model, make_spanish_model
from whole_path import new_topic

from jobs.classify_tweets import SPARK_SETTINGS
from stack.lock import hold_lock
from stack.state import FOR_OTHERS

pytest_plugins = ["run_layout"]

# Short runs gain more from the quick compiler than from fast code.
_QUICK_START = "-XX:TieredStopAtLevel=1"
_RULES = "org.apache.spark.sql.catalyst.optimizer"
UNSET = (*FOR_OTHERS, "CATEGORIES", "X_BEARER_TOKEN", "X_BEARER_TOKEN_FILE")


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
        patch.setenv("SPARK_SUBMIT_OPTS", _QUICK_START)
        yield


@pytest.fixture(scope="session")
def stack() -> Stack:
    """A Kafka broker and an HDFS with three DataNodes, on free ports, for the whole test run."""
    env = build_stack_env()
    with hold_lock(locate_run() / "stack.lock", wait=True):
        run_module("stack", "up", "--free-ports", env=env)
    status = json.loads(run_module("stack", "status", "--json", env=env))
    env |= {
        "TWEETS_BOOTSTRAP_SERVERS": status["bootstrap_servers"],
        "TWEETS_WEBHDFS_URL": status["webhdfs_url"],
        "TWEETS_DATA_ROOT": status["hdfs_url"] + "/tweets",
        "TWEETS_TOPIC": status["topic"],
        "HADOOP_CONF_DIR": status["hadoop_conf_dir"],
    }
    names = ("bootstrap_servers", "hdfs_url", "webhdfs_url", "topic")
    return Stack(*(status[name] for name in names), env)


@pytest.fixture
def topic(stack: Stack) -> Iterator[str]:
    """A new topic of three partitions, stamped by the broker."""
    with new_topic(stack.bootstrap_servers) as name:
        yield name


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker alone, open and secured, which tests may hold still; it knows account `tweets`."""
    with run_secured_kafka(tmp_path_factory.mktemp("kafka")) as kafka:
        kafka.add_users(PASSWORD, "tweets")
        yield kafka


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


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The default model as it is kept; to be read only."""
    return make_model()


@pytest.fixture(scope="session")
def model_root(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with the default model live."""
    return shutil.copytree(trained_model, tmp_path_factory.mktemp("shared") / "models")


@pytest.fixture(scope="session")
def spanish_model() -> Path:
    """A registry with the Spanish model live, as it is kept; to be read only."""
    return make_spanish_model()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A local Spark session without a page."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config(map=SPARK_SETTINGS)
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        # Rows that a test has written out are to be worked on as those of Kafka, by compiled plans.
        .config("spark.sql.optimizer.excludedRules", f"{_RULES}.ConvertToLocalRelation")
        .getOrCreate()
    )
    yield session
    # Stopping it leaves its JVM, which ends behind the last line of what it reads.
    gateway = SparkContext._gateway
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(30)
    SparkContext._gateway = SparkContext._jvm = None
