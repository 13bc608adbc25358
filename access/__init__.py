"""How Kafka and HDFS are reached, ours or those of others, and as whom."""
