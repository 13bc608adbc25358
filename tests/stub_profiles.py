"""The API of Bluesky that tells profiles, for tests, over a real socket."""

import json
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


class StubProfiles:
    """Tells the profiles of `people` (DID: handle, name); who is not there is left out.

    The next requests are answered as `answers` says instead (code, headers, body). `before_answer`
    is called in the middle of each request. One that `drips` sends an answer that has no end.
    """

    def __init__(self) -> None:
        self.people: dict[str, tuple[str, str]] = {}
        self.answers: deque[tuple[int, dict[str, str], bytes]] = deque()
        self.before_answer: Callable[[], object] = lambda: None
        self.drips = False
        self.requests: list[list[str]] = []

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Answer a request for that path."""
        address = urlsplit(path)
        actors = parse_qs(address.query).get("actors", [])
        self.requests.append(actors)
        self.before_answer()
        if self.answers:
            return self.answers.popleft()
        if address.path != "/xrpc/app.bsky.actor.getProfiles" or not 0 < len(actors) <= 25:
            return 400, {}, b'{"error": "InvalidRequest"}'
        profiles = [
            {"did": did, "handle": handle, "displayName": name, "postsCount": 7}
            for did, (handle, name) in self.people.items()
            if did in actors
        ]
        return 200, {}, json.dumps({"profiles": profiles}).encode()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, headers, body = stub.answer(self.path)
                self.send_response(code)
                if stub.drips:
                    self._drip()
                    return
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def _drip(self) -> None:
                self.end_headers()
                with suppress(OSError):
                    while True:
                        self.wfile.write(b" ")

            def log_message(self, *_: object) -> None:
                pass

        return Handler
