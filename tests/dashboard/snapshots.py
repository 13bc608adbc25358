"""What a reader's snapshot holds, in short."""

from dashboard.reader import SnapshotReader


def list_ids(reader: SnapshotReader) -> list[str]:
    return [tweet.id for tweet in reader.snapshot.newest.tweets]


def poll_and_list(reader: SnapshotReader) -> list[str]:
    reader.poll()
    return list_ids(reader)


def sum_counts(reader: SnapshotReader) -> int:
    return int(reader.snapshot.counts.rows["tweet_count"].sum())
