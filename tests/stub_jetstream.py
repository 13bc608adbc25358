"""A Jetstream server for tests, over real sockets, that misbehaves when it is told to.

Written from the published protocol: a cursor plays back from its time on, only commits are filtered
by collection, and messages larger than the size asked for are left out.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.sync.server import Server, ServerConnection, serve

COLLECTION = "app.bsky.feed.post"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"

Query = dict[str, list[str]]


@dataclass(frozen=True)
class Logged:
    """A frame of the log; one without a collection goes to everybody."""

    time_us: int
    frame: bytes
    is_text: bool
    collection: str


class StubJetstream:
    """A server whose log the test writes; every connection is served from that log.

    The next handshakes are answered with the HTTP codes in `refusals`. Each of the next connections
    gets as many frames as `closings` says and is then closed with its code, or cut off with `None`;
    `close_reason` is what it says with it.
    """

    def __init__(self, compression: str | None = None) -> None:
        self.refusals: deque[int] = deque()
        self.closings: deque[tuple[int, int | None]] = deque()
        self.close_reason = ""
        self.ignores_size = False
        self.refuses_second = False
        self.paths: list[str] = []
        self.queries: list[Query] = []
        self.close_codes: list[int | None] = []
        self._compression = compression
        self._log: list[Logged] = []
        self._changed = threading.Condition()
        self._followers: set[ServerConnection] = set()
        self._numbers = count(1)
        self._server: Server

    def __enter__(self) -> Self:
        self._server = serve(
            self._send_log,
            "127.0.0.1",
            0,
            process_request=self._answer_handshake,
            compression=self._compression,
            close_timeout=1,
        )
        port = self._server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    @property
    def cursors(self) -> list[int | None]:
        """The cursors of all handshakes so far."""
        return [int(query["cursor"][0]) if "cursor" in query else None for query in self.queries]

    @property
    def followers(self) -> int:
        """How many connections are served now; what is logged from now on goes to each."""
        return len(self._followers)

    def post(
        self,
        text: str = "rain",
        time_us: int | None = None,
        *,
        did: str = DID,
        rkey: str | None = None,
        operation: str = "create",
        **record: Any,
    ) -> str:
        """Log a post, an update or a delete, at that time or now; return the id of the post."""
        number = next(self._numbers)
        rkey = rkey or f"3lkey{number:08}"
        commit: dict[str, Any] = {
            "rev": f"3lrev{number:08}",
            "operation": operation,
            "collection": COLLECTION,
            "rkey": rkey,
        }
        if operation != "delete":
            created_at = "2026-11-24T09:30:00.000Z"
            commit["record"] = {"$type": COLLECTION, "createdAt": created_at, "langs": ["en"]}
            commit["record"] |= {"text": text, **record}
        self.log({"did": did, "kind": "commit", "commit": commit}, time_us)
        return f"{did}/{rkey}"

    def delete(self, post_id: str, time_us: int | None = None) -> None:
        """Log that a post is gone."""
        did, rkey = post_id.split("/")
        self.post(time_us=time_us, did=did, rkey=rkey, operation="delete")

    def log(self, event: dict[str, Any], time_us: int | None = None) -> None:
        """Log an event that is complete but for its time, and perhaps its account."""
        time_us = time_us or time.time_ns() // 1000
        frame = json.dumps({"did": DID, "time_us": time_us, **event}).encode()
        self.log_frame(frame, time_us, collection=event.get("commit", {}).get("collection", ""))

    def log_frame(
        self, frame: bytes, time_us: int, *, is_text: bool = True, collection: str = ""
    ) -> None:
        """Log a frame as it is."""
        with self._changed:
            self._log.append(Logged(time_us, frame, is_text, collection))
            self._changed.notify_all()

    def forget_before(self, time_us: int) -> None:
        """Look back no further than to that time; for when nobody is connected."""
        self._log = [logged for logged in self._log if logged.time_us >= time_us]

    def close_connections(self, code: int = 1012) -> None:
        """Close whatever is open."""
        for connection in self._server.connections:
            connection.close(code)

    def _answer_handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        self.paths.append(urlsplit(request.path).path)
        self.queries.append(_parse_query(request))
        if self.refusals:
            return connection.respond(self.refusals.popleft(), "not now\n")
        if self.refuses_second and self._server.connections:
            return connection.respond(429, "one at a time\n")
        return None

    def _send_log(self, connection: ServerConnection) -> None:
        assert connection.request
        query = _parse_query(connection.request)
        most, code = self.closings.popleft() if self.closings else (None, None)
        position = self._find_start(query)
        self._followers.add(connection)
        with suppress(ConnectionClosed):
            for logged in islice(self._follow_log(connection, query, position), most):
                connection.send(logged.frame, text=logged.is_text)
        self._followers.remove(connection)
        self.close_codes.append(connection.close_code)
        if most is not None and code is None:
            connection.close_socket()
        elif code is not None:
            connection.close(code, self.close_reason)

    def _find_start(self, query: Query) -> int:
        if "cursor" not in query:
            return len(self._log)
        start = int(query["cursor"][0])
        return sum(logged.time_us < start for logged in self._log)

    def _follow_log(
        self, connection: ServerConnection, query: Query, position: int
    ) -> Iterator[Logged]:
        collections = query.get("wantedCollections", [])
        largest = 0 if self.ignores_size else int(query.get("maxMessageSizeBytes", ["0"])[0])
        while connection.state is State.OPEN:
            with self._changed:
                if position == len(self._log):
                    self._changed.wait(0.05)
                batch = self._log[position:]
            position += len(batch)
            for logged in batch:
                is_wanted = not logged.collection or logged.collection in collections
                if is_wanted and not 0 < largest < len(logged.frame):
                    yield logged


def _parse_query(request: Request) -> Query:
    return parse_qs(urlsplit(request.path).query)
