"""What the driver's steps over many files cost, on a real HDFS: `python -m bench.probe ROOT`.

Prints JSON. The NameNode's page and Java are those of the environment.
"""

import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from pyspark.sql import SparkSession

from bench.stored import connect
from jobs import batches, staging
from jobs.hadoop_files import HadoopFiles
from jobs.ledger import COMMIT_FILE, name_commit
from models.datasets import COMMITS, STAGING, TWEETS, locate_hour
from settings import load_settings

FILES = 200
ENTRIES = 2_000
ROUNDS = 3
# As many as make the heap of one stand out from what else a JVM does.
HELD_LISTINGS = 20


def main() -> None:
    """Measure, and print what was found."""
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    files = HadoopFiles(spark, sys.argv[1])
    found = {
        "files": FILES,
        "entries": ENTRIES,
        "seconds_per_file": median(publish_files(spark, files, number) for number in range(ROUNDS))
        / FILES,
        **list_ledger(spark, files),
    }
    print(json.dumps(found))
    spark.stop()


def publish_files(spark: SparkSession, files: HadoopFiles, number: int) -> float:
    """Time the steps of a batch that the driver takes for one file after the other."""
    commit = name_commit("probe000", number)
    hour = locate_hour(TWEETS, datetime.now(UTC))
    for part in range(FILES):
        task = f"_temporary/0/task_202601010000_0000_m_{part:06}"
        path = f"{hour.removeprefix(TWEETS)}/part-{part:05}.parquet"
        files.write(f"{STAGING}/{commit}/{TWEETS}/{task}{path}", b"tweets")
    seconds = time_call(lambda: commit_job(spark, files.locate(f"{STAGING}/{commit}/{TWEETS}")))
    seconds += time_call(lambda: staging.name_files(files, f"{STAGING}/{commit}", commit))
    files.write(f"{STAGING}/{commit}/{COMMIT_FILE}", b"{}")
    files.rename(f"{STAGING}/{commit}", f"{COMMITS}/{commit}")
    return seconds + time_call(lambda: batches.publish_commit(files, commit))


def commit_job(spark: SparkSession, folder: str) -> None:
    """Gather the files of all tasks, as Spark does at the end of a write."""
    jvm: Any = spark.sparkContext._jvm
    mapreduce = jvm.org.apache.hadoop.mapreduce
    job = mapreduce.Job.getInstance(spark.sparkContext._jsc.hadoopConfiguration())
    job.getConfiguration().set("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    context = mapreduce.task.JobContextImpl(job.getConfiguration(), mapreduce.JobID("probe", 0))
    path = jvm.org.apache.hadoop.fs.Path(folder)
    mapreduce.lib.output.FileOutputCommitter(path, context).commitJob(context)


def list_ledger(spark: SparkSession, files: HadoopFiles) -> dict[str, float]:
    """Time the listing of many entries, and tell what heap they hold."""
    for number in range(ENTRIES):
        files.write(f"{COMMITS}/{name_commit('probe001', number)}.json", b"{}")
    page = connect(load_settings().webhdfs_url)
    folder = f"{files.root.rpartition('/')[2]}/{COMMITS}"
    listing = median(time_call(lambda: files.list_folder(COMMITS)) for _ in range(ROUNDS))
    paging = median(time_call(lambda: page.list(f"/{folder}", True)) for _ in range(ROUNDS))
    used = read_heap(spark)
    held = [files._system.listStatus(files._path(COMMITS)) for _ in range(HELD_LISTINGS)]
    heap = read_heap(spark) - used
    entry_count = sum(len(statuses) for statuses in held)
    tracemalloc.start()
    entries = files.list_folder(COMMITS)
    python_bytes, _ = tracemalloc.get_traced_memory()
    return {
        "listing_seconds_per_entry": listing / ENTRIES,
        "page_seconds_per_file": paging / ENTRIES,
        "heap_per_entry": heap / entry_count,
        "python_bytes_per_entry": python_bytes / len(entries),
        "heap_used": used,
    }


def time_call(call: Callable[[], Any]) -> float:
    """Time a call, in seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def read_heap(spark: SparkSession) -> int:
    """Tell how many bytes of the driver's heap are in use."""
    jvm: Any = spark.sparkContext._jvm
    jvm.System.gc()
    runtime = jvm.Runtime.getRuntime()
    return int(runtime.totalMemory() - runtime.freeMemory())


if __name__ == "__main__":
    main()
