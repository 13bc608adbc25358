"""What a steady stream leaves in HDFS, by the seconds from batch to batch."""

import re
import signal
import time
from pathlib import Path
from statistics import median
from typing import Any

import hdfs

from bench.cluster import Cluster, RunFailed, produce, stop
from bench.stored import connect, count_batches, count_objects, read_stored
from bench.topic_log import describe_log
from models.datasets import CATEGORY_COUNTS, CHECKPOINT, MODEL
from stack.state import locate_folders

_FIRST_BATCH_SECONDS = 120
_POLL_SECONDS = 0.5
# Those that came while Spark started, and that Java has not compiled its code for.
_FIRST_BATCHES = 2
_BATCH_SECONDS = re.compile(r"batch \d+: .* ([\d.]+) s$", re.MULTILINE)


def run_trigger(
    cluster: Cluster, workers: int, seconds: float, batches: int, rate: float
) -> dict[str, Any]:
    """Store a stream of so many tweets per second until there are so many batches.

    Raises `RunFailed` if the job or the producer fails.
    """
    name = f"trigger-{time.time_ns()}"
    cluster.create_topic(name, 3)
    settings = {
        "TWEETS_DATA_ROOT": f"{cluster.hdfs_url}/{name}",
        "TWEETS_TOPIC": name,
        "TWEETS_TRIGGER_SECONDS": str(seconds),
    }
    job_log, producer_log = cluster.folder / "job.log", cluster.folder / "producer.log"
    client = connect(cluster.webhdfs_url)
    objects_before = count_objects(cluster.webhdfs_url)
    with (
        cluster.running(*produce(rate), log=producer_log, **settings) as producer,
        cluster.running(*cluster.submit(workers), log=job_log, **settings) as job,
    ):
        deadline = time.monotonic() + _FIRST_BATCH_SECONDS + batches * 2 * seconds
        while count_batches(client, f"/{name}") < batches:
            if job.poll() is not None or time.monotonic() > deadline:
                said = job_log.read_text(errors="replace")[-3_000:]
                raise RunFailed(f"The job did not store {batches} batches in time:\n{said}")
            time.sleep(_POLL_SECONDS)
        stop(job, signal.SIGTERM, job_log)
        stop(producer, signal.SIGINT, producer_log)
    return {
        "trigger_seconds": seconds,
        "tweets_per_second": rate,
        "log": describe_log(locate_folders(cluster.folder).kafka, name),
        **describe_objects(client, cluster.webhdfs_url, f"/{name}", objects_before),
        **describe_batches(client, f"/{name}", read_batch_seconds(job_log)),
    }


def describe_batches(client: hdfs.Client, root: str, batch_seconds: list[float]) -> dict[str, Any]:
    """Say what was stored, and how long a batch takes once Java has compiled its code."""
    stored = read_stored(client, root)
    usual = [commit.tweet_count for commit in stored.commits[_FIRST_BATCHES:]]
    return {
        "tweets_per_batch": median(usual),
        "batch_seconds": median(batch_seconds[_FIRST_BATCHES:]),
        **stored.summarize(),
    }


def describe_objects(
    client: hdfs.Client, webhdfs_url: str, root: str, objects_before: int
) -> dict[str, int]:
    """Say what the NameNode keeps for good since it was counted, folders and counts apart.

    The checkpoint belongs to one run, and is as large on the last day as on the first.
    """
    for path in (CHECKPOINT.partition("/")[0], MODEL):
        client.delete(f"{root}/{path}", recursive=True)
    counts = client.content(f"{root}/{CATEGORY_COUNTS}")
    whole = client.content(root)
    standing = whole["directoryCount"] + 2 * counts["fileCount"]
    return {"batch_objects": count_objects(webhdfs_url) - objects_before - standing}


def read_batch_seconds(log: Path) -> list[float]:
    """Read how long each batch took, as the job says it."""
    return [float(seconds) for seconds in _BATCH_SECONDS.findall(log.read_text(errors="replace"))]
