"""Copy a topic's messages to other topics, as they are.

Run it with `python -m bench.copy_messages FROM TO …`; Kafka's brokers and Java are those of the
environment.
"""

import argparse

from pyspark.sql import SparkSession

from jobs.submit import JARS
from settings import load_settings


def main() -> None:
    """Copy with Spark, which is the fastest that is at hand."""
    parser = argparse.ArgumentParser(prog="python -m bench.copy_messages", description=__doc__)
    parser.add_argument("source", metavar="FROM", help="the topic that is read")
    parser.add_argument("targets", metavar="TO", nargs="+", help="the topics that are written")
    topics = parser.parse_args()
    brokers = load_settings().bootstrap_servers
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", ",".join(map(str, JARS.glob("*.jar"))))
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    reading = spark.read.format("kafka").option("kafka.bootstrap.servers", brokers)
    messages = reading.option("subscribe", topics.source).load().select("key", "value")
    for target in topics.targets:
        writing = messages.write.format("kafka").option("kafka.bootstrap.servers", brokers)
        writing.option("kafka.compression.type", "gzip").option("topic", target).save()
    spark.stop()


if __name__ == "__main__":
    main()
