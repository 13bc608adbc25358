"""A real Kafka and a real HDFS as processes of this machine, for a laptop and for tests."""
