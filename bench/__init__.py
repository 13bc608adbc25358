"""Measurements on a real Kafka, HDFS and Spark, and what follows from them."""
