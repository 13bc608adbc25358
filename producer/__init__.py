"""Tweets from a source, delivered to the Kafka topic."""
