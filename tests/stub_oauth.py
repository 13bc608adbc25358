"""An OAuth server that gives unsigned tokens, which a broker without further settings takes."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs


class StubOAuth:
    """Gives tokens to the `clients` (id: secret).

    `answers` (status, body) go first, and lead to `location` if there is one.
    """

    def __init__(self, clients: dict[str, str]) -> None:
        self.clients = clients
        self.lifetime_seconds = 300
        self.answers: list[tuple[int, bytes]] = []
        self.location = ""
        self.asked: list[dict[str, list[str]]] = []

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, authorization: str, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """Answer a request for a token."""
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        encoded = authorization.removeprefix("Basic ")
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
        if form["grant_type"] != ["client_credentials"] or self.clients.get(client) != secret:
            return 401, b'{"error": "invalid_client", "error_description": "Who are you?"}'
        token = write_token(client, form.get("scope", [""])[0], self.lifetime_seconds)
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime_seconds,
        }
        return 200, json.dumps(answer).encode()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = parse_qs(self.rfile.read(length).decode())
                status, body = stub.answer(self.headers.get("Authorization", ""), form)
                self.send_response(status)
                if stub.location:
                    self.send_header("Location", stub.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def write_token(subject: str, scope: str, lifetime_seconds: float) -> str:
    """Write an unsigned JSON Web Token."""
    now = time.time()
    claims = {"sub": subject, "iat": now, "exp": now + lifetime_seconds, "scope": scope}
    return f"{_encode({'alg': 'none'})}.{_encode(claims)}."


def _encode(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
