"""The doctor: what is needed of this machine, of Kafka and of HDFS, and what to do about it."""
