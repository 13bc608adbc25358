"""The streaming query: Kafka messages in; classified tweets, counts, rejected and deletions out."""
