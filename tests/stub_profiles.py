"""The API of Bluesky that tells profiles, for tests, over a real socket."""

import json
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit

from http_server import Handler, serve


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
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        self.url = self._serving.enter_context(serve(self._make_handler()))
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()

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

    def _make_handler(self) -> type[Handler]:
        stub = self

        class Profiles(Handler):
            def do_GET(self) -> None:
                code, headers, body = stub.answer(self.path)
                if stub.drips:
                    self._drip(code)
                else:
                    self.answer(code, body, headers)

            def _drip(self, code: int) -> None:
                self.send_head(code, {})
                with suppress(OSError):
                    while True:
                        self.wfile.write(b" ")

        return Profiles
