"""Copy a topic's messages to other topics, as they are: `python -m bench.copy_messages FROM TO …`.

Kafka's brokers and Java are those of the environment.
"""

import sys

from pyspark.sql import SparkSession

from jobs.submit import JARS
from settings import load_settings


def main() -> None:
    """Copy with Spark, which is the fastest that is at hand."""
    source, *targets = sys.argv[1:]
    brokers = load_settings().bootstrap_servers
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", ",".join(map(str, JARS.glob("*.jar"))))
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    reading = spark.read.format("kafka").option("kafka.bootstrap.servers", brokers)
    messages = reading.option("subscribe", source).load().select("key", "value")
    for target in targets:
        writing = messages.write.format("kafka").option("kafka.bootstrap.servers", brokers)
        writing.option("kafka.compression.type", "gzip").option("topic", target).save()
    spark.stop()


if __name__ == "__main__":
    main()
