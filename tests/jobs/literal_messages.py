"""Messages as Kafka gives them to the job, written out."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

RECEIVED_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KAFKA_COLUMNS = pa.schema(
    [
        ("value", pa.binary()),
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("timestamp", pa.timestamp("us", "UTC")),
    ]
)


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
    rows = ((value, "tweets", 0, offset, RECEIVED_AT) for offset, value in enumerate(values))
    return build_rows(spark, rows)


def build_rows(spark: SparkSession, rows: Iterable[tuple]) -> DataFrame:
    """Build rows as Kafka's source gives them; by Arrow, no job needs a Python beside its JVM."""
    named = [dict(zip(KAFKA_COLUMNS.names, row, strict=True)) for row in rows]
    return spark.createDataFrame(pa.Table.from_pylist(named, KAFKA_COLUMNS))
