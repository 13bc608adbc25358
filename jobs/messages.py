"""Kafka messages to tweets, and what cannot be a tweet to rejected rows that say why."""

from dataclasses import dataclass
from datetime import timedelta

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from models.datasets import REJECTED_COLUMNS
from models.tweet import MESSAGE_FIELDS

RAW_BYTES_KEPT = 65_536

# from_json accepts text behind the first value. Followed by this mark in one array, a message with
# anything behind it no longer ends where the mark is expected.
_END_MARK = ',{"end":true}]'
_MARKED_MESSAGE = f"ARRAY<STRUCT<{MESSAGE_FIELDS}, end BOOLEAN>>"
_POSITION = ("topic", "partition", "offset", "received_at")


@dataclass(frozen=True)
class TimeLimits:
    """How far `created_at` may lie from the broker's `received_at`."""

    before: timedelta = timedelta(days=30)
    after: timedelta = timedelta(minutes=5)


def parse_messages(messages: DataFrame, limits: TimeLimits, observation: Observation) -> DataFrame:
    """Add to Kafka's columns those of a tweet, and `reason` and `error` where it is not one.

    `reason` is null for a tweet. The columns of Kafka are `value`, `topic`, `partition`, `offset`
    and `timestamp`, which becomes `received_at`. The observation gets `read_count` and
    `rejected_count` of the first action on the result.
    """
    parsed = messages.select(
        "value",
        "topic",
        "partition",
        "offset",
        F.col("timestamp").alias("received_at"),
        F.from_json(
            F.concat(F.lit("["), F.col("value").cast("string"), F.lit(_END_MARK)),
            _MARKED_MESSAGE,
            {"allowSingleQuotes": "false"},
        ).alias("marked"),
    ).withColumn("message", F.get("marked", F.lit(0)))
    author = _choose_author(F.col("message.includes.users"), F.col("message.data.author_id"))
    tweets = parsed.select(
        "value",
        *_POSITION,
        "marked",
        "message",
        F.col("message.data.id").alias("id"),
        F.col("message.data.text").alias("text"),
        _parse_time(F.col("message.data.created_at")).alias("created_at"),
        F.coalesce("message.data.author_id", author["id"]).alias("user_id"),
        author["username"].alias("username"),
        author["name"].alias("name"),
        F.col("message.data.lang").alias("lang"),
        F.col("message.source").alias("source"),
    )
    judged = tweets.withColumn("reason", _find_reason(limits))
    # Observing is also the wall that keeps a condition on `reason` from being pushed below the
    # parsed JSON, where each field that it names would parse the message again.
    counted = judged.observe(
        observation,
        F.count(F.lit(1)).alias("read_count"),
        F.count("reason").alias("rejected_count"),
    )
    return counted.withColumn("error", _explain_reason())


def select_tweets(parsed: DataFrame) -> DataFrame:
    """Keep the messages that are tweets, with a tweet's columns."""
    return parsed.where(F.col("reason").isNull()).select(
        "id",
        "text",
        "created_at",
        "user_id",
        "username",
        "name",
        "lang",
        "source",
        *_POSITION,
    )


def select_rejected(parsed: DataFrame) -> DataFrame:
    """Keep the messages that are no tweets, with their raw bytes, the longest cut."""
    rejected = parsed.where(F.col("reason").isNotNull()).select(
        "reason",
        "error",
        F.substring("value", 1, RAW_BYTES_KEPT).alias("raw"),
        F.octet_length("value").alias("raw_length"),
        F.sha2("value", 256).alias("raw_sha256"),
        *_POSITION,
    )
    return rejected.to(rejected.sparkSession.createDataFrame([], REJECTED_COLUMNS).schema)


def _choose_author(users: Column, author_id: Column) -> Column:
    only_user = F.when(F.size(users) == 1, F.get(users, F.lit(0)))
    named_user = F.get(F.filter(users, lambda user: user["id"] == author_id), F.lit(0))
    return F.when(author_id.isNull(), only_user).otherwise(named_user)


def _parse_time(text: Column) -> Column:
    # Without the test for its `T`, a bare year or a bare time of day would pass as a timestamp.
    return F.when(F.substring(text, 11, 1) == "T", F.try_to_timestamp(text))


def _find_reason(limits: TimeLimits) -> Column:
    message = F.col("value")
    is_whole = (F.size("marked") == 2) & F.get("marked", F.lit(1))["end"]
    earliest = F.col("received_at") - F.lit(limits.before)
    latest = F.col("received_at") + F.lit(limits.after)
    return (
        F.when(message.isNull(), "null_value")
        .when(F.octet_length(message) == 0, "empty_value")
        .when(~F.is_valid_utf8(message.cast("string")), "invalid_utf8")
        .when(~F.coalesce(is_whole, F.lit(False)), "invalid_json")
        .when(_is_missing("id"), "missing_id")
        .when(_is_missing("text"), "missing_text")
        .when(_is_missing("created_at"), "missing_created_at")
        .when(F.col("created_at").isNull(), "invalid_created_at")
        .when(~F.col("created_at").between(earliest, latest), "created_at_out_of_range")
    )


def _is_missing(name: str) -> Column:
    field = F.col(f"message.data.{name}")
    # from_json turns an object or a list into its JSON text where a string is expected; only where
    # a text looks like one is the message worth a second, dearer look.
    looks_nested = field.startswith("{") | field.startswith("[")
    message = F.try_parse_json(F.col("value").cast("string"))
    kind = F.schema_of_variant(F.try_variant_get(message, f"$.data.{name}", "variant"))
    return field.isNull() | (F.trim(field) == "") | (looks_nested & (kind != "STRING"))


def _explain_reason() -> Column:
    created_at = F.substring("message.data.created_at", 1, 40)
    sentences = {
        "null_value": F.lit("The message has no value."),
        "empty_value": F.lit("The message's value is empty."),
        "invalid_utf8": F.lit("The message is not UTF-8."),
        "invalid_json": F.lit("The message is not one JSON object of a tweet's shape."),
        "missing_id": F.lit("data.id is missing, blank or not a string."),
        "missing_text": F.lit("data.text is missing, blank or not a string."),
        "missing_created_at": F.lit("data.created_at is missing, blank or not a string."),
        "invalid_created_at": F.concat(
            F.lit("data.created_at is "), created_at, F.lit(", not an ISO 8601 time.")
        ),
        "created_at_out_of_range": F.concat(
            F.lit("data.created_at is "),
            created_at,
            F.lit(", too far from its receipt at "),
            F.date_format("received_at", "yyyy-MM-dd'T'HH:mm:ss.SSSX"),
            F.lit("."),
        ),
    }
    explanation = F.lit(None).cast("string")
    for reason, sentence in sentences.items():
        explanation = F.when(F.col("reason") == reason, sentence).otherwise(explanation)
    return explanation
