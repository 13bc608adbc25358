"""How fast a backlog is stored: by partitions of the topic and workers of the cluster."""

import time
from typing import Any

from bench.cluster import Cluster, expect_success, find_job
from bench.stored import Stored, connect, read_stored
from bench.usage import UsageMeter
from jobs.ledger import Commit

_TIMEOUT_SECONDS = 600


def drain(
    cluster: Cluster, topic: str, partitions: int, workers: int, batch_limit: int
) -> dict[str, Any]:
    """Store all of a topic, below a data root that is gone afterwards, and say what it took.

    Raises `RunFailed` if the job fails.
    """
    root = f"/drain-{time.time_ns()}"
    log = cluster.folder / "job.log"
    command = cluster.submit(workers, "--available-now")
    settings = {
        "TWEETS_DATA_ROOT": f"{cluster.hdfs_url}{root}",
        "TWEETS_TOPIC": topic,
        "TWEETS_MAX_OFFSETS_PER_TRIGGER": str(batch_limit),
    }
    started_at = time.time()
    with (
        cluster.running(*command, log=log, **settings) as job,
        UsageMeter(lambda: [*cluster.find_processes(), *find_job(job)]) as usage,
    ):
        expect_success(job, log, _TIMEOUT_SECONDS)
    client = connect(cluster.webhdfs_url)
    stored = read_stored(client, root)
    client.delete(root, recursive=True)
    return {
        "partitions": partitions,
        "workers": workers,
        **describe_rates(stored, started_at),
        **stored.summarize(),
        "cpu_seconds": usage.read_cpu_seconds(),
        "steady_cpu_seconds": usage.read_cpu_seconds(*find_steady(stored.commits)[:2]),
        "peak_bytes": usage.peak_bytes,
    }


def describe_rates(stored: Stored, started_at: float) -> dict[str, float]:
    """Say how many tweets a second were stored: in all, and when Java had compiled its code."""
    since, until, tweets = find_steady(stored.commits)
    total = sum(commit.tweet_count for commit in stored.commits)
    return {
        "whole_tweets_per_second": total / (until - started_at),
        "steady_tweets_per_second": tweets / (until - since),
        "steady_tweets": tweets,
    }


def find_steady(commits: list[Commit]) -> tuple[float, float, int]:
    """Find the second half of the batches: from when until when, and the tweets stored in it."""
    half = len(commits) // 2
    later = commits[half:]
    return (
        commits[half - 1].committed_at,
        later[-1].committed_at,
        sum(commit.tweet_count for commit in later),
    )
