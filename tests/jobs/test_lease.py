import json
import os
import subprocess
import threading

import pytest

from jobs.hadoop_files import HadoopFiles
from jobs.lease import Lease, LeaseLost, LeaseTaken
from models.datasets import LEASE


@pytest.fixture
def files(spark, tmp_path) -> HadoopFiles:
    return HadoopFiles(spark, f"file:{tmp_path}/data")


def plant_lease(files: HadoopFiles, pid: int = 1, **place: str) -> None:
    """Leave the lease of another writer, at this place but for what is given."""
    lease = Lease(files, seconds=30)
    lease.acquire()
    held = json.loads(files.read(LEASE))
    lease.release()
    files.write(LEASE, json.dumps(held | place | {"holder": "other", "pid": pid}).encode())


def end_process() -> int:
    """Run a process to its end and return its pid."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_lease_is_held_until_it_is_released(files):
    lease = Lease(files, seconds=30)
    lease.acquire()
    lease.check()
    lease.release()
    assert files.list_folder("") == []
    with pytest.raises(LeaseLost):
        lease.check()


def test_a_second_writer_is_refused_while_the_first_renews(files):
    first, second = Lease(files, seconds=30), Lease(files, seconds=30)
    first.acquire()
    with pytest.raises(LeaseTaken, match=f"process {os.getpid()} on .* another TWEETS_DATA_ROOT"):
        second.acquire(wait=lambda _: files.touch(LEASE))
    first.check()
    first.release()


def test_a_holder_renews_its_lease_by_itself(files):
    lease = Lease(files, seconds=1)
    lease.acquire()
    seen = {entry.modified_ms for entry in files.list_folder("") if entry.path == LEASE}
    renewed = threading.Event()
    for _ in range(200):
        (now,) = (entry.modified_ms for entry in files.list_folder("") if entry.path == LEASE)
        if now not in seen:
            break
        renewed.wait(0.05)
    assert now not in seen
    lease.release()


@pytest.mark.parametrize("pid_space", ["of another container", None])
def test_a_stale_lease_is_taken_over_whatever_its_process_id_is_here(files, pid_space):
    plant_lease(files, end_process(), pid_space=pid_space)
    waited = []
    lease = Lease(files, seconds=30)
    lease.acquire(wait=waited.append)
    assert sum(waited) >= 30
    lease.check()
    lease.release()


def test_a_lease_of_a_process_that_is_gone_is_taken_over_at_once(files):
    plant_lease(files, end_process())
    waited = []
    lease = Lease(files, seconds=30)
    lease.acquire(wait=waited.append)
    assert waited == []
    lease.release()


def test_a_lease_that_is_released_meanwhile_is_taken(files):
    plant_lease(files)
    lease = Lease(files, seconds=30)
    lease.acquire(wait=lambda _: files.delete(LEASE))
    lease.check()
    lease.release()


def test_a_lost_lease_is_left_to_its_new_holder(files):
    lease = Lease(files, seconds=30)
    lease.acquire()
    files.delete(LEASE)
    plant_lease(files)
    with pytest.raises(LeaseLost, match="taken over by another job"):
        lease.check()
    lease.release()
    assert json.loads(files.read(LEASE))["holder"] == "other"
