"""Which server comes next, after how long, and when there is none left to ask."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

from producer.sources.addresses import is_address
from producer.sources.jetstream.connection import LARGEST_FRAME, Disconnected
from producer.sources.jetstream.events import COLLECTION
from producer.sources.live import SourceError

_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
# It takes several connections to get past a message that is too large.
_PAUSES_AFTER_TOO_LARGE = (0.0, 1.0)


class Servers:
    """Servers that take turns: the next one's comes when a connection has ended.

    Raises `SourceError` if one is no address of a WebSocket.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        for url in urls:
            if not is_address(url, ("ws", "wss")):
                raise SourceError(
                    f"{url!r} is no address of a Jetstream server, such as "
                    "wss://jetstream1.us-east.bsky.network: correct --url or "
                    "TWEETS_JETSTREAM_URLS."
                )
        self._urls = urls
        self._turn = 0
        self._failures = 0
        self._refusals: dict[str, str] = {}

    @property
    def current(self) -> str:
        """Tell whose turn it is."""
        return self._urls[self._turn % len(self._urls)]

    def confirm(self) -> None:
        """Note that something new has come from the current server."""
        self._failures = 0

    def leave(self, disconnected: Disconnected) -> float:
        """Give the next server its turn, and return how many seconds to wait before.

        The one that sent too much at once keeps its turn: the others would send the same. Raises
        `SourceError` when every server refuses us.
        """
        if disconnected.is_refusal:
            self._refusals[self.current] = disconnected.reason
        else:
            self._refusals.pop(self.current, None)
        if self._refusals.keys() == set(self._urls):
            answers = ", ".join(f"{url} {reason}" for url, reason in self._refusals.items())
            raise SourceError(
                f"No Jetstream server lets us read ({answers}): "
                "correct --url or TWEETS_JETSTREAM_URLS."
            )
        if not disconnected.is_too_large:
            self._turn += 1
        pauses = _PAUSES_AFTER_TOO_LARGE if disconnected.is_too_large else _PAUSES
        pause = pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        return pause


def build_address(url: str, start_us: int | None) -> str:
    """Write the address that asks a server for posts, from microseconds on or from now on."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/subscribe") + "/subscribe"
    query = {"wantedCollections": COLLECTION, "maxMessageSizeBytes": LARGEST_FRAME}
    if start_us is not None:
        query["cursor"] = start_us
    return parts._replace(path=path, query=urlencode(query), fragment="").geturl()
