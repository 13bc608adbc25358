from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from literal_messages import RECEIVED_AT

from dashboard.reader import Reading, SnapshotReader
from jobs.batches import recover, store_batch
from jobs.hadoop_files import HadoopFiles
from jobs.lease import Lease, LeaseLost
from jobs.ledger import load_ledger
from jobs.staging import BatchMiscounted
from jobs.verify import verify

PARTITIONS = {0: 0, 1: 100, 2: 0}


class Killed(BaseException):
    """Stands for kill -9: nothing of the job handles it."""


class DyingFiles(HadoopFiles):
    """Dies before the n-th change of the data root."""

    def __init__(self, spark, root, steps_to_live):
        super().__init__(spark, root)
        self.steps_to_live = steps_to_live

    def _live_on(self):
        if self.steps_to_live == 0:
            raise Killed
        self.steps_to_live -= 1

    def write(self, path, content):
        self._live_on()
        super().write(path, content)

    def rename(self, source, target, overwrite=False):
        self._live_on()
        super().rename(source, target, overwrite)

    def delete(self, path):
        self._live_on()
        super().delete(path)


class HeldLease:
    """A lease that nobody takes."""

    def check(self):
        pass


def positions(*batches) -> Counter:
    return Counter(
        (partition, offset)
        for batch in batches
        for partition, start in batch.from_offsets.items()
        for offset in range(start, batch.until_offsets[partition])
    )


@pytest.fixture(params=["local_root", "hdfs_root"])
def root(request):
    return request.getfixturevalue(request.param)


def test_a_stored_batch_is_readable_by_anyone(spark, root, build_batch):
    files = HadoopFiles(spark, root.uri)
    batch = build_batch("aaaaaaaa", 0, PARTITIONS)
    stored = store_batch(files, HeldLease(), batch)

    assert root.read_positions() == positions(batch)
    assert stored.commit.read_count == 18
    assert stored.commit.tweet_count == len(root.read_dataset("tweets")) == 12
    assert stored.commit.rejected_count == len(root.read_dataset("rejected")) == 3
    assert stored.commit.deletion_count == len(root.read_dataset("deletions")) == 3
    tweet = next(row for row in root.read_dataset("tweets") if row["id"] == "1-102")
    assert tweet["created_at"].isoformat() == "2026-11-24T08:00:00+00:00"
    deletion = next(row for row in root.read_dataset("deletions") if row["id"] == "1-101")
    assert deletion["deleted_at"] == deletion["received_at"] == RECEIVED_AT
    assert (deletion["source"], deletion["partition"], deletion["offset"]) == ("test", 1, 105)
    counts = Counter()
    for row in root.read_dataset("category_counts"):
        counts[row["category"]] += row["tweet_count"]
    assert counts == Counter(row["category"] for row in root.read_dataset("tweets"))
    assert verify(root.stored_files).findings == []


def test_the_dashboard_shows_what_is_stored_and_not_deleted(spark, root, build_batch):
    store_batch(HadoopFiles(spark, root.uri), HeldLease(), build_batch("aaaaaaaa", 0, {0: 0}))
    # The files bear the time of the machine, the messages one of the past or of the future.
    reader = SnapshotReader(root.stored_files, Reading(max_ahead=timedelta(days=10_000)))
    reader.poll()
    assert {tweet.id for tweet in reader.snapshot.newest.tweets} == {"0-2", "0-3", "0-4"}


def test_counts_add_up_over_batches(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    offsets = PARTITIONS
    for batch_id in range(3):
        batch = build_batch("aaaaaaaa", batch_id, offsets)
        store_batch(files, HeldLease(), batch)
        offsets = batch.until_offsets
    assert sum(row["tweet_count"] for row in local_root.read_dataset("category_counts")) == 36
    assert verify(local_root.stored_files).findings == []
    assert load_ledger(files, recover(files)).next_offsets == offsets


def test_a_kill_at_any_step_loses_and_doubles_nothing(spark, hdfs_root, build_batch):
    kept = build_batch("aaaaaaaa", 0, PARTITIONS)
    store_batch(HadoopFiles(spark, hdfs_root.uri), HeldLease(), kept)
    offsets, expected = kept.until_offsets, positions(kept)

    for steps_to_live in range(100):
        run_id = f"{steps_to_live:08x}"
        batch = build_batch(run_id, 0, offsets)
        survived = True
        try:
            store_batch(DyingFiles(spark, hdfs_root.uri, steps_to_live), HeldLease(), batch)
        except Killed:
            survived = False

        visible = hdfs_root.read_positions()
        assert expected <= visible <= expected + positions(batch)
        # Whoever reads tweets first and deletions then never sees a tweet without its deletion.
        if (0, offsets[0] + 1) in visible:
            assert (0, offsets[0] + 5) in visible

        # The restart, which may be killed as well.
        with suppress(Killed):
            recover(DyingFiles(spark, hdfs_root.uri, steps_to_live % 4))
        files = HadoopFiles(spark, hdfs_root.uri)
        next_offsets = load_ledger(files, recover(files)).next_offsets
        assert next_offsets in (offsets, batch.until_offsets)
        if next_offsets == batch.until_offsets:
            expected += positions(batch)
        assert hdfs_root.read_positions() == expected
        assert verify(hdfs_root.stored_files).findings == []
        offsets = next_offsets
        if survived:
            break
    assert survived
    assert steps_to_live > 12


def test_a_writer_that_lost_its_lease_stores_nothing(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    lease = Lease(files, seconds=30)
    lease.acquire()
    thief = Lease(files, seconds=30)
    thief._take_over()
    with pytest.raises(LeaseLost, match="taken over by another job"):
        store_batch(files, lease, build_batch("aaaaaaaa", 0, PARTITIONS))
    recover(files)
    assert local_root.read_positions() == Counter()
    lease.release()
    thief.check()


def test_a_commit_that_comes_after_a_takeover_fails(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)

    class StolenAfterCheck:
        def check(self):
            recover(files)

    with pytest.raises(OSError, match="_staging"):
        store_batch(files, StolenAfterCheck(), build_batch("aaaaaaaa", 0, PARTITIONS))
    assert local_root.read_positions() == Counter()


def test_a_batch_of_rejected_messages_only(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    batch = build_batch(
        *("aaaaaaaa", 0, PARTITIONS),
        tweets_per_partition=0,
        broken_per_partition=2,
        deleted_per_partition=0,
    )
    stored = store_batch(files, HeldLease(), batch)
    assert (stored.commit.tweet_count, stored.commit.rejected_count) == (0, 6)
    assert verify(local_root.stored_files).findings == []


def test_a_batch_of_deletions_only(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    batch = build_batch("aaaaaaaa", 0, PARTITIONS, tweets_per_partition=0, broken_per_partition=0)
    stored = store_batch(files, HeldLease(), batch)
    assert (stored.commit.read_count, stored.commit.deletion_count) == (3, 3)
    assert verify(local_root.stored_files).findings == []


def test_without_deletions_there_is_no_folder_of_them(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    batch = build_batch("aaaaaaaa", 0, PARTITIONS, deleted_per_partition=0)
    store_batch(files, HeldLease(), batch)
    names = {entry.name for entry in local_root.stored_files.list_folder("")}
    assert names == {"_commits", "_staging", "category_counts", "rejected", "tweets"}
    report = verify(local_root.stored_files)
    assert (report.deletion_count, report.findings) == (0, [])


def test_a_batch_with_more_rows_than_offsets_is_not_stored(spark, local_root, build_batch):
    files = HadoopFiles(spark, local_root.uri)
    batch = build_batch("aaaaaaaa", 0, PARTITIONS)
    batch.until_offsets[0] -= 1
    with pytest.raises(BatchMiscounted, match="read 18 messages at 17 offsets"):
        store_batch(files, HeldLease(), batch)
    recover(files)
    assert local_root.read_positions() == Counter()
