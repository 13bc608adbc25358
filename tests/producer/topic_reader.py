"""What is in a topic, for tests."""

from kafka import KafkaConsumer, TopicPartition

PARTITIONS = range(3)


class TopicReader:
    """Reads a topic from its beginning: message keys and values by partition, in their order."""

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest"
        )
        self._partitions = [TopicPartition(topic, number) for number in PARTITIONS]
        self._consumer.assign(self._partitions)
        self.messages: dict[int, list[tuple[str, bytes]]] = {number: [] for number in PARTITIONS}

    def count(self) -> int:
        """Count the messages read so far."""
        return sum(len(messages) for messages in self.messages.values())

    def read_at_least(self, number: int) -> None:
        """Read until so many messages are there."""
        while self.count() < number:
            for partition, records in self._consumer.poll(timeout_ms=200).items():
                messages = ((record.key.decode(), record.value) for record in records)
                self.messages[partition.partition].extend(messages)

    def read_to_the_end(self) -> dict[int, list[tuple[str, bytes]]]:
        """Read everything that is in the topic now."""
        self.read_at_least(sum(self._consumer.end_offsets(self._partitions).values()))
        return self.messages

    def close(self) -> None:
        """Let go of the brokers."""
        self._consumer.close()
