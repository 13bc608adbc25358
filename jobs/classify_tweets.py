"""The streaming job: what `spark-submit.sh` runs."""

import argparse
import contextlib
import logging
import signal
import sys
import threading
from datetime import timedelta

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from access.kafka.access import KafkaAccess, KafkaAccessError
from jobs.hadoop_files import HadoopFiles
from jobs.lease import Lease, LeaseLost, LeaseTaken
from jobs.live_model import LiveModel, NoModel, require_model
from jobs.messages import TimeLimits
from jobs.query import Reading, TweetQuery
from jobs.supervisor import GaveUp, keep_running
from jobs.topic import TopicUnusable
from settings import Settings, SettingsError, load_settings

SPARK_SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Spark's own, and the options that hold our account and our key with Kafka.
    "spark.redaction.regex": "(?i)secret|password|token|access[.]?key|jaas|keystore",
}
"""What the stored datasets and our secrets depend on, whatever the cluster's defaults are."""

_FINAL = (
    SettingsError,
    KafkaAccessError,
    NoModel,
    LeaseTaken,
    LeaseLost,
    TopicUnusable,
    GaveUp,
)


def main() -> int:
    """Run the streaming query until SIGTERM, or until the backlog is stored."""
    parser = argparse.ArgumentParser(prog="spark-submit.sh", description=__doc__)
    parser.add_argument(
        "--available-now", action="store_true", help="store what is in the topic now, then end"
    )
    arguments = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    logging.getLogger("tweets").setLevel(logging.INFO)
    try:
        settings = load_settings()
        access = KafkaAccess.read(settings)
        require_model(settings.model_root)
        run_job(settings, access, arguments.available_now)
    except _FINAL as error:
        return fail(str(error))
    except OSError as error:
        first_line = (str(error) or type(error).__name__).splitlines()[0]
        return fail(
            f"{settings.data_root} cannot be used ({first_line}): start its file system, "
            "or correct TWEETS_DATA_ROOT."
        )
    except Py4JError as error:
        return fail(f"Spark's JVM has ended ({error}): look above for why, then start again.")
    return 0


def fail(sentence: str) -> int:
    """Say why the job ends, and return its exit code."""
    print(sentence, file=sys.stderr)
    return 1


def run_job(settings: Settings, access: KafkaAccess, available_now: bool) -> None:
    """Hold the lease of the data root and keep the query running."""
    stop = threading.Event()
    spark = build_session()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    reading = Reading(
        access,
        settings.topic,
        settings.trigger_seconds,
        settings.max_offsets_per_trigger,
        TimeLimits(
            timedelta(days=settings.max_age_days), timedelta(minutes=settings.max_ahead_minutes)
        ),
        available_now,
    )
    files = HadoopFiles(spark, settings.data_root)
    lease = Lease(files, settings.lease_seconds)
    model = LiveModel(settings.model_root, files, lease.check)
    lease.acquire()
    # Loading takes as long as finding out where to go on.
    model.load_early()
    try:
        keep_running(
            lambda: TweetQuery(spark, files, lease, model, reading), stop, settings.give_up_seconds
        )
    finally:
        # A lease that cannot be given back becomes stale by itself.
        with contextlib.suppress(OSError):
            lease.release()
        spark.stop()


def build_session() -> SparkSession:
    """Join the session that spark-submit has configured, with what the datasets depend on."""
    return SparkSession.builder.appName("tweet-pipeline").config(map=SPARK_SETTINGS).getOrCreate()


if __name__ == "__main__":
    sys.exit(main())
