"""Keeping the query at work: restarts with back-off, a clean stop, an end when nothing helps."""

import logging
import threading
import time
from collections.abc import Callable

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException, StreamingQueryException

from jobs.query import TweetQuery
from jobs.staging import BatchMiscounted
from jobs.topic import TopicUnreachable

log = logging.getLogger("tweets")

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_WELL_AFTER_SECONDS = 120.0
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
    when it has been failing for `give_up_seconds` without storing a batch. Failures that no restart
    can mend are raised.
    """
    failing_since: float | None = None
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        query = build_query()
        started_at = time.monotonic()
        try:
            _run_once(query, stop)
            return
        except _MAY_PASS as error:
            failure = _summarize(error)
        now = time.monotonic()
        # A quiet topic stores nothing: a query that ran for a while was well all the same.
        was_well = query.stored_count > 0 or now - started_at > _WELL_AFTER_SECONDS
        if failing_since is None or was_well:
            failing_since = now
            pause = _FIRST_PAUSE_SECONDS
        if now - failing_since + pause > give_up_seconds:
            raise GaveUp(
                f"The query has failed for {give_up_seconds:.0f} s; the last failure: {failure}"
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
    text = str(error)
    if isinstance(error, Py4JJavaError):
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        text = str(cause.toString())
    first_line = (text.strip() or type(error).__name__).splitlines()[0][:_SUMMARY_LENGTH]
    return first_line if first_line.endswith(".") else f"{first_line}."
