"""What listens at a broker's address and is no Kafka is told from one in a sentence."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.greeting import greet_kafka

HTTP = b"HTTP/1.1 400 Bad Request\r\n\r\n"
ZEROS = bytes(64)
# As long as it says, but the answer to another question.
OTHER_ANSWER = b"\0\0\0\x08" + bytes(8)
# The answer to ours, with brokers that are not in it.
HALF_AN_ANSWER = b"\0\0\0\x08" + b"\0\0\0\x01" + b"\x7f\xff\xff\xff"


@pytest.fixture
def answer_with() -> Iterator[Callable[[bytes], str]]:
    """Answers the first who connects and speaks with some bytes, at the address that it returns."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = []

        def serve(said: bytes) -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)
                # Until the other one leaves.
                connection.recv(1)

        def start(said: bytes) -> str:
            threads.append(threading.Thread(target=serve, args=(said,)))
            threads[-1].start()
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield start
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("said", [HTTP, ZEROS, OTHER_ANSWER, HALF_AN_ANSWER])
def test_what_is_no_kafka_is_a_sentence(answer_with: Callable[[bytes], str], said: bytes) -> None:
    address = answer_with(said)
    with pytest.raises(KafkaAccessError) as refused:
        greet_kafka(KafkaAccess((address,)), 5)
    assert str(refused.value) == (
        f"Kafka at {address} does not speak PLAINTEXT: set TWEETS_KAFKA_SECURITY_PROTOCOL to "
        "what that address speaks, or stop what else listens there."
    )
