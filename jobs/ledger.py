"""The ledger: one small JSON file for each stored batch, and what follows from them all."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from jobs.hadoop_files import HadoopFiles

COMMIT_FILE = "commit.json"

_RUN_ID_LENGTH = 8


@dataclass(frozen=True)
class Commit:
    """What one batch read and stored.

    `from_offsets` and `until_offsets` are per partition, the latter exclusive and for all
    partitions, read from in this batch or not. `read_count` = `tweet_count` + `rejected_count`
    + `deletion_count`; it is smaller than the offsets passed where Kafka keeps marks of
    transactions between messages. Times are seconds since 1970.
    """

    commit: str
    topic: str
    topic_id: str
    from_offsets: dict[int, int]
    until_offsets: dict[int, int]
    read_count: int
    tweet_count: int
    rejected_count: int
    model_version: str
    started_at: float
    committed_at: float
    deletion_count: int = 0
    """Entries that were written before there were deletions lack it."""


def name_commit(run_id: str, batch_id: int) -> str:
    """Name a batch of a run of the query, unique below a data root; run ids have 8 characters."""
    return f"{run_id}{batch_id:010d}"


def name_entry(path: str) -> str:
    """Name the ledger entry that belongs to what lies there: itself, or a batch to be published."""
    return path if path.endswith(".json") else f"{path}.json"


def write_commit(commit: Commit) -> bytes:
    """Write a ledger entry as JSON."""
    return json.dumps(asdict(commit), indent=1).encode()


def read_commit(content: bytes) -> Commit:
    """Read a ledger entry; whatever is wrong with it raises `ValueError`."""
    try:
        fields = json.loads(content)
        for name in ("from_offsets", "until_offsets"):
            fields[name] = {int(partition): end for partition, end in fields[name].items()}
        return Commit(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a ledger entry: {error}") from error


@dataclass
class Ledger:
    """Where the stored batches end: the topic they were read from, and the next offsets.

    Offsets only grow, so batches may be added in any order.
    """

    topic_id: str | None = None
    next_offsets: dict[int, int] = field(default_factory=dict)

    def add(self, commits: Iterable[Commit]) -> None:
        """Move the ends forward."""
        for commit in commits:
            self.topic_id = commit.topic_id
            for partition, until in commit.until_offsets.items():
                self.next_offsets[partition] = max(until, self.next_offsets.get(partition, 0))


def load_ledger(files: HadoopFiles, entries: Iterable[str]) -> Ledger:
    """Read where the stored batches end, from the last of the entries of each run."""
    ledger = Ledger()
    ledger.add(read_commit(files.read(path)) for path in select_last(entries))
    return ledger


def select_last(paths: Iterable[str]) -> list[str]:
    """Select the last batch of each run; by number, since clocks may go back."""
    last_by_run: dict[str, str] = {}
    for path in sorted(paths):
        last_by_run[path.rpartition("/")[2][:_RUN_ID_LENGTH]] = path
    return list(last_by_run.values())
