"""What a live source is: something that is read once, as it comes, and cannot be asked again."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol


class SourceError(Exception):
    """A source cannot go on, and waiting would not help; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a live source has read: a message for the topic.

    `identity` is the same when the server sends the same again, and empty where nothing tells.
    `cursor` is from where the source goes on after this message; empty where it cannot choose.
    Key and value depend on nothing but what the server has sent and what was known by then.
    """

    key: bytes
    value: bytes
    identity: str = ""
    cursor: str = ""


class LiveSource(Protocol):
    """A stream of somebody else's: X, Jetstream."""

    def read(self, cursor: str) -> Generator[Received, None, None]:
        """Connect, and hand on what comes from the cursor on (`""`: from now on).

        Reconnects by itself. Ends soon after its timer is stopped, with what is in hand, or when
        a limit of the user is reached; raises `SourceError`.
        Closing the iterator closes the connection; another `read` may follow.
        """
