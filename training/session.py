"""The Spark session of a training, and its progress on the terminal."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession


class TrainingError(Exception):
    """A training that cannot go on; the message says why and what to do."""


@contextmanager
def start_spark() -> Iterator[Callable[[], SparkSession]]:
    """Start Spark beside whatever is done meanwhile, and stop it at the end.

    Calling what it gives waits for the session, and raises `TrainingError` if there is none.
    """
    with ThreadPoolExecutor(1) as starter:
        session = starter.submit(_open_session)
        try:
            yield session.result
        finally:
            if not session.exception():
                session.result().stop()


def _open_session() -> SparkSession:
    """Start Spark in this process's own JVM, on loopback only, without a page."""
    # The only way to keep every port of Spark off the network.
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        return (
            SparkSession.builder.master("local[*]")
            .appName("training")
            .config("spark.driver.memory", "2g")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()
        )
    except (PySparkException, OSError) as error:
        java_home = os.environ.get("JAVA_HOME")
        raise TrainingError(
            f"Spark could not start Java (JAVA_HOME is {java_home!r}): set JAVA_HOME to a Java 17 "
            "or 21, for example with `export JAVA_HOME=$(python -m stack.java)`."
        ) from error


@contextmanager
def show_step(step: str) -> Iterator[None]:
    """Say on the terminal what is being done, and how long it took."""
    # On lines of their own: Java writes to the terminal too.
    print(f"{step} …", flush=True)
    started_at = time.monotonic()
    yield
    print(f"  took {time.monotonic() - started_at:.1f} s", flush=True)
