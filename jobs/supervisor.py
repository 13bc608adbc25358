"""Keeping the query at work: restarts with back-off, a clean stop, an end when nothing helps."""

import logging
import threading
import time
from collections.abc import Callable

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException, StreamingQueryException

from jobs.batches import BatchMiscounted
from jobs.query import TweetQuery
from jobs.topic import TopicUnreachable

log = logging.getLogger("tweets")

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_POLL_SECONDS = 1
_SUMMARY_LENGTH = 400

_MAY_PASS = (PySparkException, Py4JJavaError, OSError, TopicUnreachable, BatchMiscounted)


class GaveUp(Exception):
    """The query has failed for too long; the message holds the last failure."""


def keep_running(
    build_query: Callable[[], TweetQuery], stop: threading.Event, give_up_seconds: float
) -> None:
    """Run the query until it has nothing more to read or `stop` is set.

    A failure of Kafka, HDFS or Spark restarts it after a pause that doubles; `GaveUp` is raised
    when no batch was stored for `give_up_seconds`. Failures that no restart can mend are raised.
    """
    last_progress = time.monotonic()
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        query = build_query()
        try:
            _run_once(query, stop)
            return
        except _MAY_PASS as error:
            failure = _summarize(error)
        if query.stored_count:
            last_progress = time.monotonic()
            pause = _FIRST_PAUSE_SECONDS
        if time.monotonic() - last_progress + pause > give_up_seconds:
            raise GaveUp(
                f"No batch was stored for {give_up_seconds:.0f} s; the last failure: {failure}"
            )
        log.warning("%s The query starts again in %.0f s.", failure, pause)
        stop.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _run_once(query: TweetQuery, stop: threading.Event) -> None:
    running = query.start()
    try:
        while not running.awaitTermination(_POLL_SECONDS):
            if stop.is_set():
                query.stop()
                return
    except StreamingQueryException:
        if query.failure:
            raise query.failure from None
        raise


def _summarize(error: Exception) -> str:
    first_line = str(error).strip().splitlines()[0][:_SUMMARY_LENGTH]
    return first_line if first_line.endswith(".") else f"{first_line}."
