"""The job on a real cluster: all is stored once, whatever is killed under load."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hdfs
import psutil
import pytest
from commands import find_free_port, wait_until
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from real_cluster import WORKERS, Cluster, can_hide_files, kill, read_executors
from whole_path import (
    BROKEN_COUNT,
    JOB,
    assert_each_is_stored_once,
    count_committed,
    is_proved,
    kill_group,
    list_commits,
    read_topic,
    running,
    send_broken,
)

pytestmark = pytest.mark.timeout(900)

SECONDS = 300
# Cold executors are slow: the quick compiler alone starts them sooner.
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


class Job:
    """A job on the cluster: its process, its log, and the port of its Spark page."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, page_port: int) -> None:
        self.process = process
        self.log = log
        self.page_port = page_port

    def await_that(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition; fail with the end of the log if the job ends before."""
        wait_until(lambda: condition() or self.process.poll() is not None, SECONDS)
        assert self.process.poll() is None, self.log.read_text()[-3000:]

    def await_load(self, cluster: Cluster, topic: str) -> None:
        """Wait until every executor has worked and batches are stored."""
        self.await_that(lambda: len(self.list_busy()) == WORKERS)
        self.await_more(cluster, topic)

    def await_more(self, cluster: Cluster, topic: str) -> None:
        """Wait until three more batches are stored."""
        committed = len(list_commits(cluster, topic))
        self.await_that(lambda: len(list_commits(cluster, topic)) >= committed + 3)

    def list_busy(self) -> list[str]:
        """List the executors that have completed tasks."""
        executors = read_executors(self.page_port)
        return [name for name, executor in executors.items() if executor["completedTasks"]]

    def list_running(self) -> dict[str, str]:
        """List the tasks that have started and not ended, each with its executor."""
        text = self.log.read_text()
        running = dict(re.findall(r"Starting task .*\(TID (\d+)\) \(.*,\s*executor (\d+),", text))
        for task in re.findall(r"Finished task .*\(TID (\d+)\)", text):
            running.pop(task, None)
        return running

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.log.read_text()[-3000:]


@pytest.fixture
def start_job(cluster, env, tmp_path):
    @contextmanager
    def start_job(name: str = "job") -> Iterator[Job]:
        page_port = find_free_port()
        log = tmp_path / f"{name}.log"
        command = [*JOB, "--master", cluster.spark_master]
        command += ["--conf", f"spark.ui.port={page_port}", "--conf", "spark.log.level=INFO"]
        command += ["--driver-java-options", QUICK_START]
        command += ["--conf", f"spark.executor.extraJavaOptions={QUICK_START}"]
        with running(command, env, log) as process:
            yield Job(process, log, page_port)

    return start_job


def test_the_topic_has_three_replicas_two_of_them_in_sync(cluster):
    with KafkaAdminClient(bootstrap_servers=cluster.bootstrap_servers.split(",")) as admin:
        [topic] = admin.describe_topics(["tweets"])
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "tweets")])
    assert [len(one["replica_nodes"]) for one in topic["partitions"]] == [3, 3, 3]
    settings = configs["topic"]["tweets"]
    assert settings["min.insync.replicas"]["value"] == "2"
    assert settings["message.timestamp.type"]["value"] == "LogAppendTime"


def test_all_is_stored_once_whatever_is_killed_under_load(cluster, topic, env, start_job, tmp_path):
    said = tmp_path / "producer.log"
    produce = [sys.executable, "-m", "producer", "--rate", "100"]
    send_broken(env)
    with running(produce, env, said) as producer:
        with start_job("killed") as job:
            job.await_load(cluster, topic)
            seen = see_files(cluster, Path(env["TWEETS_MODEL_ROOT"]))
            assert seen == [not can_hide_files()] * WORKERS
            lose_worker(job, cluster)
            job.await_more(cluster, topic)
            assert "failed because while it was being computed" in job.log.read_text()
            kill_group(job.process)
        move_lease_holder(cluster, topic)
        cluster.mend()
        with start_job("next") as job:
            job.await_more(cluster, topic)
            kill(cluster.find("kafka-2"), cluster.find("datanode-2"))
            job.await_more(cluster, topic)
            send_broken(env)
            producer.send_signal(signal.SIGINT)
            assert producer.wait(60) == 0, said.read_text()
            messages = read_topic(env)
            job.await_that(lambda: count_committed(cluster, topic) == len(messages))
            job.stop()
    delivered = re.search(r"^delivered (\d+), failed 0$", said.read_text(), re.MULTILINE)
    assert len(messages) == int(delivered[1]) + 2 * BROKEN_COUNT
    assert_each_is_stored_once(cluster, topic, messages)
    assert is_proved(env)
    cluster.mend()
    assert cluster.read_status()["running"]


def see_files(cluster: Cluster, folder: Path) -> list[bool]:
    """Say of each executor whether it sees what is in a folder."""
    views = [Path(f"/proc/{executor.pid}/root") for executor in cluster.find_executors()]
    return [any((view / str(folder).lstrip("/")).iterdir()) for view in views]


def lose_worker(job: Job, cluster: Cluster) -> None:
    """Kill a worker with its executor in the middle of a task."""
    executor = suspend_at_work(job, cluster)
    kill(executor.parent(), executor)


def suspend_at_work(job: Job, cluster: Cluster) -> psutil.Process:
    """Suspend an executor in the middle of a task, which it will not end before it is killed."""
    executors = {name_executor(process): process for process in cluster.find_executors()}
    held: dict[str, str] = {}

    def holds_task() -> bool:
        nonlocal held
        running = job.list_running()
        if held and held.items() <= running.items():
            return True
        # It had ended its task just before, or none was running.
        for name in held.values():
            executors[name].resume()
        held = dict([*running.items()][:1])
        for name in held.values():
            executors[name].suspend()
        return False

    job.await_that(holds_task)
    [name] = held.values()
    return executors[name]


def name_executor(process: psutil.Process) -> str:
    command = process.cmdline()
    return command[command.index("--executor-id") + 1]


def move_lease_holder(cluster: Cluster, topic: str) -> None:
    """Let the lease say that its holder ran on another machine, where nobody can look."""
    client = hdfs.InsecureClient(cluster.webhdfs_url, user=psutil.Process().username(), timeout=10)
    path = f"/{topic}/_lease.json"
    with client.read(path) as reader:
        lease = json.load(reader)
    lease |= {"host": "elsewhere", "pid_space": "another"}
    client.write(path, json.dumps(lease).encode(), overwrite=True)
