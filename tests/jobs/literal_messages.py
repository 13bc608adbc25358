"""Messages as Kafka gives them to the job, written out."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from pyspark.sql import DataFrame, SparkSession

RECEIVED_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KAFKA_COLUMNS = "value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP"


def message(**fields) -> dict:
    return {
        "data": {
            "id": "1",
            "text": "pizza",
            "created_at": "2026-11-24T09:29:59.250Z",
            "author_id": "u1",
            "lang": "en",
            **fields,
        },
        "includes": {"users": [{"id": "u1", "name": "Ann", "username": "ann"}]},
        "source": "test",
    }


def encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def delete(**fields) -> bytes:
    whole = {"event": "delete", "data": {"id": "1"}, "source": "test"}
    return encode(whole | {"deleted_at": "2026-11-24T09:29:59.250Z"} | fields)


def build_messages(spark: SparkSession, values: Iterable[bytes | None]) -> DataFrame:
    rows = [(value, "tweets", 0, offset, RECEIVED_AT) for offset, value in enumerate(values)]
    return spark.createDataFrame(rows, KAFKA_COLUMNS)
