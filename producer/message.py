"""What goes into the topic: a message, and who wants to know where Kafka has put it."""

from collections.abc import Callable
from dataclasses import dataclass

from models.tweet import Tweet, build_message

# Kafka takes messages up to 1 MB. Of what is no tweet for its length alone, this much goes on, so
# that it is seen among the rejected ones.
LONGEST_LINE = 512 << 10
LONGEST_VALUE = 1_000_000
KEPT_OF_LONGER = 64 << 10


@dataclass(frozen=True, slots=True)
class Message:
    """A key and a value in bytes; `on_delivered` gets the partition and the offset.

    It is called in the thread of the Kafka client, once, when all replicas have the message.
    """

    key: bytes
    value: bytes
    on_delivered: Callable[[int, int], None] | None = None


def carry_tweet(tweet: Tweet) -> Message:
    """Put a tweet into a message under its id, so that one sent again lands where it was."""
    return Message(tweet.id.encode(), build_message(tweet))
