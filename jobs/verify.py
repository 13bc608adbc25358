"""Prove from the outside that what is stored is what was read: `python -m jobs.verify`.

Reads the data root as any stranger would, with pyarrow and without Spark, and holds the ledger, the
offsets of the stored rows and the counts against each other.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from access.hdfs.access import HdfsAccess, HdfsAccessError
from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.topic import Topic
from access.stored_files import (
    FAILOVER_SECONDS,
    StorageUnavailable,
    StoredFiles,
    open_stored_files,
)
from jobs.checks import (
    Offsets,
    check_counts,
    check_missing,
    check_ranges,
    check_repeated,
    check_unknown,
)
from jobs.counts import WINDOW, Cell, read_cells
from jobs.ledger import Commit, Ledger, read_commit
from jobs.topic import TopicUnreachable, ask_topic
from models.datasets import CATEGORY_COUNTS, COMMITS, DELETIONS, REJECTED, TWEETS
from settings import SettingsError, load_settings

_POSITION = ["partition", "offset"]
_COLUMN_TYPES = {
    "partition": pa.int32(),
    "offset": pa.int64(),
    "created_at": pa.timestamp("us", tz="UTC"),
    "category": pa.string(),
}


class DamagedFile(Exception):
    """A stored file that cannot be read; the message names it."""


@dataclass(frozen=True)
class Report:
    """What was found; without `findings`, every offset that was read is stored exactly once."""

    commit_count: int
    read_count: int
    tweet_count: int
    rejected_count: int
    deletion_count: int
    category_counts: dict[str, int]
    findings: list[str]


def verify(files: StoredFiles) -> Report:
    """Hold the ledger, the stored rows and the stored counts of a data root against each other."""
    commits = load_commits(files)
    tweets = load_rows(files, TWEETS, [*_POSITION, "created_at", "category"])
    rejected = load_rows(files, REJECTED, _POSITION)
    deletions = load_rows(files, DELETIONS, _POSITION)
    counted = load_counts(files)
    stored = sort_offsets(pa.concat_tables([tweets.select(_POSITION), rejected, deletions]))
    findings = [
        *check_ranges(commits),
        *check_repeated(stored),
        *check_missing(commits, stored),
        *check_unknown(commits, stored),
        *check_counts(counted, count_tweets(tweets)),
    ]
    if len(list_commits(files)) != len(commits):
        findings = ["Batches were stored during the proof: stop the job, then verify again."]
    category_counts: Counter[str] = Counter()
    for cell, tweet_count in counted.items():
        category_counts[cell.category] += tweet_count
    return Report(
        len(commits),
        sum(commit.read_count for commit in commits),
        tweets.num_rows,
        rejected.num_rows,
        deletions.num_rows,
        dict(category_counts.most_common()),
        findings,
    )


def check_topic(files: StoredFiles, topic: Topic) -> Iterator[str]:
    """Find messages of the topic that no batch has read yet."""
    ledger = Ledger()
    ledger.add(load_commits(files))
    for partition, latest in sorted(topic.latest_offsets.items()):
        next_offset = ledger.next_offsets.get(partition, topic.earliest_offsets[partition])
        if next_offset < latest:
            yield (
                f"Partition {partition} of {topic.name} goes on to offset {latest - 1}, but is "
                f"stored only up to {next_offset - 1}."
            )


def load_commits(files: StoredFiles) -> list[Commit]:
    """Read the whole ledger."""
    return [read_entry(files, path) for path in list_commits(files)]


def list_commits(files: StoredFiles) -> list[str]:
    """List the entries of the ledger."""
    paths = [entry.path for entry in files.list_folder(COMMITS)]
    return [path for path in paths if path.endswith(".json")]


def read_entry(files: StoredFiles, path: str) -> Commit:
    """Read an entry of the ledger; `DamagedFile` if it is none."""
    try:
        return read_commit(files.read_file(path))
    except ValueError as error:
        raise DamagedFile(f"{path} is damaged: {error}.") from error


def read_table(files: StoredFiles, path: str, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet file; `DamagedFile` if it is none."""
    try:
        return pq.read_table(pa.BufferReader(files.read_file(path)), columns=columns)
    except pa.ArrowException as error:
        raise DamagedFile(f"{path} is damaged: {error}.") from error


def load_rows(files: StoredFiles, dataset: str, columns: list[str]) -> pa.Table:
    """Read some columns of all rows of a dataset."""
    schema = pa.schema([(name, _COLUMN_TYPES[name]) for name in columns])
    tables = [read_table(files, path, columns).cast(schema) for path in walk_files(files, dataset)]
    return pa.concat_tables([schema.empty_table(), *tables])


def load_counts(files: StoredFiles) -> Counter[Cell]:
    """Read all stored counts."""
    cells: Counter[Cell] = Counter()
    for path in walk_files(files, CATEGORY_COUNTS):
        cells += read_cells(read_table(files, path))
    return cells


def walk_files(files: StoredFiles, folder: str) -> Iterator[str]:
    """Find the Parquet files below a folder; none if it is not there."""
    try:
        entries = files.list_folder(folder)
    except FileNotFoundError:
        return
    for entry in entries:
        name = entry.path.rpartition("/")[2]
        if name.startswith(("_", ".")):
            continue
        if entry.is_folder:
            yield from walk_files(files, entry.path)
        else:
            yield entry.path


def sort_offsets(positions: pa.Table) -> dict[int, Offsets]:
    """Sort the offsets of each partition."""
    partitions = positions["partition"].to_numpy()
    offsets = positions["offset"].to_numpy()
    return {
        int(partition): np.sort(offsets[partitions == partition])
        for partition in np.unique(partitions)
    }


def count_tweets(tweets: pa.Table) -> Counter[Cell]:
    """Count tweets per window and category, as `category_counts` should have them."""
    cells = tweets.select(["category"]).append_column(
        "window_start", pc.floor_temporal(tweets["created_at"], unit=WINDOW)
    )
    grouped = cells.group_by(["window_start", "category"]).aggregate([([], "count_all")])
    return read_cells(grouped.rename_columns({"count_all": "tweet_count"}))


def main() -> int:
    """Verify the data root of the settings; exit 1 with what was found, 2 if it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m jobs.verify", description=__doc__)
    parser.add_argument(
        "--topic", action="store_true", help="prove as well that all of the topic is stored"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    arguments = parser.parse_args()
    try:
        settings = load_settings()
        files = open_stored_files(settings.data_root, HdfsAccess.read(settings), FAILOVER_SECONDS)
        report = verify(files)
        if arguments.topic:
            topic = ask_topic(KafkaAccess.read(settings), settings.topic, "Describe")
            report.findings.extend(check_topic(files, topic))
    except FileNotFoundError:
        print(f"Nothing is stored below {settings.data_root} yet: start the job.", file=sys.stderr)
        return 2
    except DamagedFile as error:
        print(error)
        return 1
    except (
        SettingsError,
        HdfsAccessError,
        KafkaAccessError,
        StorageUnavailable,
        TopicUnreachable,
    ) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(asdict(report), indent=1))
    else:
        print(*report.findings or [describe_proof(report)], sep="\n")
    return 1 if report.findings else 0


def describe_proof(report: Report) -> str:
    """Say what has been proved."""
    return (
        f"{report.commit_count} batches read {report.read_count} messages; each is stored exactly "
        f"once: {report.tweet_count} tweets, {report.rejected_count} rejected, "
        f"{report.deletion_count} deletions. The counts are those of the tweets."
    )


if __name__ == "__main__":
    sys.exit(main())
