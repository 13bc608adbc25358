"""The streaming query: Kafka messages in, classified tweets, their counts and the rejected out."""
