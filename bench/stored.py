"""What a run has stored, seen from the outside over WebHDFS: ledger, files, NameNode objects."""

import time
from typing import NamedTuple

import hdfs

from jobs.ledger import Commit, read_commit
from models.datasets import COMMITS, TWEETS
from stack.namenode import NameNode

_REST_SECONDS = 2


class Stored(NamedTuple):
    """What a run has stored: its batches in their order, and their files, without replicas."""

    commits: list[Commit]
    tweet_files: int
    tweet_bytes: int

    def summarize(self) -> dict[str, int]:
        """Write what the results keep of it."""
        return {
            "batches": len(self.commits),
            "stored_tweets": sum(commit.tweet_count for commit in self.commits),
            "tweet_files": self.tweet_files,
            "tweet_bytes": self.tweet_bytes,
        }


def connect(webhdfs_url: str) -> hdfs.Client:
    """Connect to a NameNode."""
    return hdfs.InsecureClient(webhdfs_url, timeout=10)


def count_batches(client: hdfs.Client, root: str) -> int:
    """Count the entries of a ledger, 0 before there is one."""
    names = client.list(f"{root}/{COMMITS}") if client.status(f"{root}/{COMMITS}", False) else []
    return sum(name.endswith(".json") for name in names)


def read_stored(client: hdfs.Client, root: str) -> Stored:
    """Read what is stored below a data root."""
    commits = []
    for name in client.list(f"{root}/{COMMITS}"):
        with client.read(f"{root}/{COMMITS}/{name}") as reader:
            commits.append(read_commit(reader.read()))
    tweets = client.content(f"{root}/{TWEETS}")
    commits.sort(key=lambda commit: commit.commit)
    return Stored(commits, tweets["fileCount"], tweets["length"])


def count_objects(webhdfs_url: str) -> int:
    """Count the files, folders and blocks that a NameNode keeps, once it is at rest.

    The blocks of what was deleted go some time after their files.
    """
    count = None
    while (latest := read_objects(webhdfs_url)) != count:
        count = latest
        time.sleep(_REST_SECONDS)
    return count


def read_objects(webhdfs_url: str) -> int:
    """Ask a NameNode how many files, folders and blocks it knows right now."""
    state = NameNode(webhdfs_url).read_state()
    return int(state["FilesTotal"] + state["BlocksTotal"])
