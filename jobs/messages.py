"""Kafka messages to tweets and deletions, and what is neither to rejected rows that say why."""

from dataclasses import dataclass
from datetime import timedelta

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from models.tweet import DELETE, MESSAGE_FIELDS

RAW_BYTES_KEPT = 65_536

# from_json accepts text behind the first value. Followed by this mark in one array, a message with
# anything behind it no longer ends where the mark is expected.
_END_MARK = ',{"end":true}]'
_MARKED_MESSAGE = " ".join(f"ARRAY<STRUCT<{MESSAGE_FIELDS}, end BOOLEAN>>".split())

_POSITION = ("topic", "partition", "offset", "received_at")
# Without the test for its `T`, a bare year or a bare time of day would pass as a timestamp.
_TIME = "CASE WHEN substring({0}, 11, 1) = 'T' THEN try_to_timestamp({0}) END"
_TWEET = (
    *("message.data.id", "message.data.text"),
    _TIME.format("message.data.created_at") + " AS created_at",
    "coalesce(message.data.author_id, author.id) AS user_id",
    *("author.username", "author.name", "message.data.lang", "message.source"),
)
# A wish to be forgotten counts, whatever time it bears.
_DELETION = (
    "message.event",
    f"coalesce({_TIME.format('message.deleted_at')}, received_at) AS deleted_at",
)
_AUTHOR = """
    CASE
        WHEN message.data.author_id IS NOT NULL
        THEN get(filter(message.includes.users, user -> user.id = message.data.author_id), 0)
        WHEN size(message.includes.users) = 1
        THEN get(message.includes.users, 0)
    END AS author
"""
# from_json turns an object or a list into its JSON text where a string is expected; only where a
# text looks like one is the message worth a second, dearer look.
_MISSING = """
    message.data.{0} IS NULL OR trim(' \t\r\n' FROM message.data.{0}) = '' OR (
        substring(message.data.{0}, 1, 1) IN ('{{', '[') AND 'STRING' != coalesce(schema_of_variant(
            try_variant_get(try_parse_json(CAST(value AS STRING)), '$.data.{0}', 'variant')
        ), '')
    )
"""
_REASON = f"""
    CASE
        WHEN value IS NULL THEN 'null_value'
        WHEN octet_length(value) = 0 THEN 'empty_value'
        WHEN NOT is_valid_utf8(CAST(value AS STRING)) THEN 'invalid_utf8'
        WHEN NOT coalesce(size(marked) = 2 AND get(marked, 1).end, false) THEN 'invalid_json'
        WHEN event != '{DELETE}' THEN 'unknown_event'
        WHEN {_MISSING.format("id")} THEN 'missing_id'
        WHEN event = '{DELETE}' THEN NULL
        WHEN {_MISSING.format("text")} THEN 'missing_text'
        WHEN {_MISSING.format("created_at")} THEN 'missing_created_at'
        WHEN created_at IS NULL THEN 'invalid_created_at'
        WHEN NOT is_in_time THEN 'created_at_out_of_range'
    END AS reason
"""
_ERROR = f"""
    CASE reason
        WHEN 'null_value' THEN 'The message has no value.'
        WHEN 'empty_value' THEN 'The value of the message is empty.'
        WHEN 'invalid_utf8' THEN 'The message is not UTF-8.'
        WHEN 'invalid_json' THEN 'The message is not one JSON object of the shape of a tweet.'
        WHEN 'unknown_event' THEN concat('event is ', left(event, 40), '; only {DELETE} is known.')
        WHEN 'missing_id' THEN 'data.id is missing, blank or not a string.'
        WHEN 'missing_text' THEN 'data.text is missing, blank or not a string.'
        WHEN 'missing_created_at' THEN 'data.created_at is missing, blank or not a string.'
        WHEN 'invalid_created_at' THEN concat(
            'data.created_at is ', left(message.data.created_at, 40), ', not an ISO 8601 time.'
        )
        WHEN 'created_at_out_of_range' THEN concat(
            'data.created_at is ', left(message.data.created_at, 40),
            ', too far from its receipt at ', CAST(received_at AS STRING), ' UTC.'
        )
    END AS error
"""
_IS_TWEET = "reason IS NULL AND event IS NULL"
_IS_DELETION = "reason IS NULL AND event IS NOT NULL"


@dataclass(frozen=True)
class TimeLimits:
    """How far `created_at` may lie from the broker's `received_at`."""

    before: timedelta = timedelta(days=30)
    after: timedelta = timedelta(minutes=5)


def parse_messages(messages: DataFrame, limits: TimeLimits, observation: Observation) -> DataFrame:
    """Add to Kafka's columns those of a tweet and of a deletion, and the `reason` to reject it.

    `reason` is null where the message is sound; then it is a tweet if `event` is null, else a
    deletion. The columns of Kafka are `value`, `topic`, `partition`, `offset` and `timestamp`,
    which becomes `received_at`. The observation gets `read_count`, `rejected_count` and
    `deletion_count` of the first action on the result.
    """
    whole = F.concat(F.lit("["), F.col("value").cast("string"), F.lit(_END_MARK))
    marked = F.from_json(whole, _MARKED_MESSAGE, {"allowSingleQuotes": "false"})
    received_at = F.col("received_at")
    is_in_time = F.col("created_at").between(
        received_at - F.lit(limits.before), received_at + F.lit(limits.after)
    )
    judged = (
        messages.withColumnRenamed("timestamp", "received_at")
        .withColumn("marked", marked)
        .selectExpr("value", *_POSITION, "marked", "get(marked, 0) AS message")
        .selectExpr("*", _AUTHOR)
        .selectExpr("value", *_POSITION, "marked", "message", *_TWEET, *_DELETION)
        .withColumn("is_in_time", is_in_time)
        .selectExpr("*", _REASON)
    )
    # Observing is also the wall that keeps a condition on `reason` from being pushed below the
    # parsed JSON, where each field that it names would parse the message again.
    return judged.observe(
        observation,
        F.count(F.lit(1)).alias("read_count"),
        F.count("reason").alias("rejected_count"),
        F.count_if(F.expr(_IS_DELETION)).alias("deletion_count"),
    )


def select_tweets(parsed: DataFrame) -> DataFrame:
    """Keep the messages that are tweets, with a tweet's columns."""
    return parsed.where(_IS_TWEET).select(
        *("id", "text", "created_at", "user_id", "username", "name", "lang", "source"), *_POSITION
    )


def select_deletions(parsed: DataFrame) -> DataFrame:
    """Keep the messages that ask to forget a tweet, with the time at which it was deleted."""
    return parsed.where(_IS_DELETION).select("id", "source", "deleted_at", *_POSITION)


def select_rejected(parsed: DataFrame) -> DataFrame:
    """Keep the messages that are neither, with their raw bytes, the longest cut."""
    return parsed.where("reason IS NOT NULL").selectExpr(
        "reason",
        _ERROR,
        f"substring(value, 1, {RAW_BYTES_KEPT}) AS raw",
        "octet_length(value) AS raw_length",
        "sha2(value, 256) AS raw_sha256",
        *_POSITION,
    )
