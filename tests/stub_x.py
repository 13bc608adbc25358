"""The streaming part of the API of X for tests, over real sockets, that misbehaves when told to.

Written from the published protocol: one JSON object on each line, lines that end in CRLF, a blank
one while nothing comes, problems as `title`, `detail` and `type`.
"""

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from http_server import Handler, serve
from stub_x_rules import StubRules
from x_messages import TOO_MANY_CONNECTIONS, write_post

STREAM = "/2/tweets/search/stream"
Script = Callable[["StubStream"], None]


class StubX:
    """A server whose stream plays the next of its scripts to each connection.

    When there are none left, it sends what the test posts, each post once: to whoever is connected,
    or else to whoever connects next, who gets the last `repeats` that were sent again before.
    """

    def __init__(self, *scripts: Script, repeats: int = 0) -> None:
        self.scripts = deque(scripts)
        self.rules = StubRules()
        self.repeats = repeats
        self.refuses_second = False
        self.queries: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []
        self.open_connections = 0
        self._log: list[bytes] = []
        self._sent = 0
        self._numbers = count(1)
        self._changed = threading.Condition()
        self._is_closing = False
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"stub": self})
        self.url = self._serving.enter_context(serve(handler))
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closing = True
        self._serving.close()

    def post(self, text: str = "rain", **fields: Any) -> str:
        """Send a post to whoever reads, now or later; return its id."""
        post_id = str(next(self._numbers))
        self.send(write_post(post_id, text, **fields))
        return post_id

    def send(self, line: bytes) -> None:
        """Send a line as it is to whoever reads, now or later."""
        with self._changed:
            self._log.append(line)
            self._changed.notify_all()

    @property
    def is_closing(self) -> bool:
        """Say whether the test is over."""
        return self._is_closing

    @contextmanager
    def connect(self) -> Iterator[bool]:
        """Count a connection; gives whether it may read."""
        with self._changed:
            is_welcome = not (self.refuses_second and self.open_connections)
            self.open_connections += is_welcome
        try:
            yield is_welcome
        finally:
            with self._changed:
                self.open_connections -= is_welcome

    def follow_log(self, stream: "StubStream") -> None:
        """Send what is posted, until the reader leaves."""
        position = max(self._sent - self.repeats, 0)
        while True:
            with self._changed:
                if position == len(self._log):
                    self._changed.wait(0.05)
                batch = self._log[position:]
            if stream.is_closed():
                return
            stream.send_lines(*batch)
            position += len(batch)
            self._sent = max(self._sent, position)
            if not batch:
                stream.keep_alive()


class StubStream:
    """One connection, in the hands of a script; when that returns, it is cut off."""

    def __init__(self, handler: "_Handler", stub: StubX) -> None:
        self._handler = handler
        self._stub = stub
        self._has_begun = False

    def refuse(self, status: int, problem: Any = None, **headers: str) -> None:
        """Answer with a code; underscores in the names of headers stand for hyphens."""
        body = problem if isinstance(problem, bytes) else json.dumps(problem or {}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._handler.answer(status, body, named)

    def begin(self, **headers: str) -> None:
        """Open the stream, with further headers."""
        self._has_begun = True
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._handler.send_head(200, {"Transfer-Encoding": "chunked", **named})

    def send(self, piece: bytes) -> None:
        """Send bytes as they are."""
        if not self._has_begun:
            self.begin()
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def send_lines(self, *lines: bytes) -> None:
        """Send whole lines."""
        if lines:
            self.send(b"".join(line + b"\r\n" for line in lines))

    def send_posts(self, number: int, start: int = 1) -> None:
        """Send that many posts, as fast as they are taken, under the ids from `start` on."""
        for first in range(start, start + number, 100):
            ids = range(first, min(first + 100, start + number))
            self.send_lines(*(write_post(str(post_id)) for post_id in ids))

    def send_object(self, message: object) -> None:
        """Send an object as a line."""
        self.send_lines(json.dumps(message).encode())

    def keep_alive(self) -> None:
        """Send a blank line."""
        self.send(b"\r\n")

    def end(self) -> None:
        """End the stream as HTTP wants it ended."""
        self.send(b"")

    def is_closed(self) -> bool:
        """Say whether the reader has left, or the test is over."""
        connection = self._handler.connection
        if not self._has_begun:
            self.begin()
        readable, _, _ = select.select([connection], [], [], 0)
        return self._stub.is_closing or bool(readable and not connection.recv(1))

    def stay_silent(self) -> None:
        """Send nothing until the reader leaves."""
        while not self.is_closed():
            select.select([self._handler.connection], [], [], 0.02)


class _Handler(Handler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    stub: StubX

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.stub.headers.append(dict(self.headers))
        if parts.path == STREAM:
            self.stub.queries.append(query)
            self._stream()
        elif parts.path == f"{STREAM}/rules":
            self.answer(*self.stub.rules.answer_get(query))
        else:
            self.answer(404, b"{}")

    def do_POST(self) -> None:
        change = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(*self.stub.rules.answer_post(change))

    def _stream(self) -> None:
        self.close_connection = True
        stream = StubStream(self, self.stub)
        with suppress(ConnectionError), self.stub.connect() as is_welcome:
            if not is_welcome:
                stream.refuse(429, TOO_MANY_CONNECTIONS)
            elif self.stub.scripts:
                self.stub.scripts.popleft()(stream)
            else:
                self.stub.follow_log(stream)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
