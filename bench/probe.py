"""What the driver's steps over many files cost, below a folder of a real HDFS.

Run it with `python -m bench.probe hdfs://…/probe`; prints JSON. Java is that of the environment.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from pyspark.sql import SparkSession

from jobs import batches, staging
from jobs.hadoop_files import HadoopFiles
from jobs.ledger import COMMIT_FILE, name_commit
from models.datasets import COMMITS, STAGING, TWEETS, locate_hour

FILES = 200
ENTRIES = 2_000
ROUNDS = 3


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.probe", description=__doc__)
    parser.add_argument("root", help="a folder that nobody else uses")
    root = parser.parse_args().root
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    files = HadoopFiles(spark, root)
    publishing = median(publish_files(spark, files, number) for number in range(ROUNDS))
    found = {
        "seconds_per_file": publishing / FILES,
        "listing_seconds_per_entry": list_ledger(files) / ENTRIES,
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


def list_ledger(files: HadoopFiles) -> float:
    """Time the listing of a ledger of many entries."""
    for number in range(ENTRIES):
        files.write(f"{COMMITS}/{name_commit('probe001', number)}.json", b"{}")
    return median(time_call(lambda: files.list_folder(COMMITS)) for _ in range(ROUNDS))


def time_call(call: Callable[[], Any]) -> float:
    """Time a call, in seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
