import threading

import pytest
from pyspark.errors import StreamingQueryException

from jobs.lease import LeaseLost
from jobs.supervisor import GaveUp, keep_running
from jobs.topic import TopicUnreachable


class Clock(threading.Event):
    """A stop event whose waits pass at once and are remembered."""

    def __init__(self):
        super().__init__()
        self.waits = []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        return self.is_set()


class FakeQuery:
    """A query that fails at its start or at its end, or ends well."""

    def __init__(self, at_start=None, at_end=None, failure=None, stored_count=0):
        self.at_start = at_start
        self.at_end = at_end
        self.failure = failure
        self.stored_count = stored_count
        self.stopped = False

    def start(self):
        if self.at_start:
            raise self.at_start
        return self

    def awaitTermination(self, _timeout):  # noqa: N802
        if self.at_end:
            raise self.at_end
        return True

    def stop(self):
        self.stopped = True


def run(queries, stop=None, give_up_seconds=100.0):
    remaining = iter(queries)
    keep_running(lambda: next(remaining), stop or Clock(), give_up_seconds)


def test_a_query_that_ends_well_ends_the_job():
    run([FakeQuery()])


def test_a_failing_query_starts_again_after_doubling_pauses():
    clock = Clock()
    away = TopicUnreachable("Kafka does not answer.")
    run([FakeQuery(at_start=away) for _ in range(4)] + [FakeQuery()], clock)
    assert clock.waits == [1, 2, 4, 8]


def test_progress_resets_the_pause():
    clock = Clock()
    broken = StreamingQueryException("the broker is away")
    run(
        [
            FakeQuery(at_end=broken),
            FakeQuery(at_end=broken, stored_count=3),
            FakeQuery(at_end=broken),
            FakeQuery(),
        ],
        clock,
    )
    assert clock.waits == [1, 1, 2]


def test_a_quiet_topic_is_no_failure(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("jobs.supervisor.time.monotonic", lambda: now[0])

    class Quiet(FakeQuery):
        def awaitTermination(self, _timeout):  # noqa: N802
            now[0] += 3600
            raise StreamingQueryException("the broker was restarted")

    run([Quiet(), Quiet(), FakeQuery()], give_up_seconds=300)


def test_an_error_without_a_text_is_named():
    queries = (FakeQuery(at_start=OSError()) for _ in range(99))
    with pytest.raises(GaveUp, match="OSError"):
        run(queries, give_up_seconds=3)


def test_it_gives_up_with_the_last_failure():
    queries = (FakeQuery(at_start=OSError("the NameNode is away")) for _ in range(99))
    with pytest.raises(GaveUp, match=r"has failed for 3 s; .*: the NameNode is away\."):
        run(queries, give_up_seconds=3)


def test_what_no_restart_can_mend_ends_the_job():
    broken = StreamingQueryException("an exception in foreachBatch")
    with pytest.raises(LeaseLost):
        run([FakeQuery(at_end=broken, failure=LeaseLost("taken over"))])


def test_a_stop_stops_the_running_query():
    stop = Clock()

    class Endless(FakeQuery):
        def awaitTermination(self, _timeout):  # noqa: N802
            stop.set()
            return False

    query = Endless()
    run([query], stop)
    assert query.stopped
