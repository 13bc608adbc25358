"""The stored datasets: their folders, columns and partitions below the data root."""

from datetime import datetime

TWEETS = "tweets"
CATEGORY_COUNTS = "category_counts"
REJECTED = "rejected"
DELETIONS = "deletions"
DATASETS = (TWEETS, CATEGORY_COUNTS, REJECTED, DELETIONS)

# Readers skip names that start with an underscore.
STAGING = "_staging"
COMMITS = "_commits"
CHECKPOINT = "_checkpoints/classify_tweets"
MODEL = "_model"
LEASE = "_lease.json"
COUNTS_FILE = "counts.parquet"

_POSITION = "topic STRING, partition INT, offset BIGINT, received_at TIMESTAMP"

TWEETS_COLUMNS = f"""
    id STRING, text STRING, created_at TIMESTAMP, user_id STRING, username STRING, name STRING,
    lang STRING, source STRING, category STRING, confidence DOUBLE, model_version STRING,
    {_POSITION}
"""
CATEGORY_COUNTS_COLUMNS = "window_start TIMESTAMP, category STRING, tweet_count BIGINT"
REJECTED_COLUMNS = f"""
    reason STRING, error STRING, raw BINARY, raw_length INT, raw_sha256 STRING, {_POSITION}
"""
DELETIONS_COLUMNS = f"id STRING, source STRING, deleted_at TIMESTAMP, {_POSITION}"


def locate_hour(dataset: str, moment: datetime) -> str:
    """Name the folder, relative to the data root, that holds a dataset's rows of an UTC hour."""
    return f"{dataset}/date={moment:%Y-%m-%d}/hour={moment:%H}"
