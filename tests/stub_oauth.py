"""An OAuth server, and the key that signs its tokens."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs

from certificates import run_openssl
from http_server import Handler, serve

KEY_ID = "stub"
Sign = Callable[[bytes], bytes]


class StubOAuth:
    """Gives tokens to the `clients` (id: secret).

    `answers` (status, body) go first, and lead to `location` if there is one.
    """

    def __init__(self, clients: dict[str, str], sign: Sign = lambda _: b"signed by nobody") -> None:
        self.clients = clients
        self._sign = sign
        self.lifetime_seconds = 300
        self.answers: list[tuple[int, bytes]] = []
        self.location = ""
        self.asked: list[dict[str, list[str]]] = []
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        self.url = self._serving.enter_context(serve(self._make_handler())) + "/token"
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()

    def answer(self, authorization: str, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """Answer a request for a token."""
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        encoded = authorization.removeprefix("Basic ")
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
        if form["grant_type"] != ["client_credentials"] or self.clients.get(client) != secret:
            return 401, b'{"error": "invalid_client", "error_description": "Who are you?"}'
        claims = {"sub": client} | ({"scope": form["scope"][0]} if "scope" in form else {})
        token = write_token(claims, self.lifetime_seconds, self._sign)
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime_seconds,
        }
        return 200, json.dumps(answer).encode()

    def _make_handler(self) -> type[Handler]:
        stub = self

        class Tokens(Handler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = parse_qs(self.rfile.read(length).decode())
                status, body = stub.answer(self.headers.get("Authorization", ""), form)
                self.answer(status, body, {"Location": stub.location} if stub.location else {})

        return Tokens


class TokenKey:
    """A key that signs tokens; `jwks` is the file by which others check them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tokens.key"
        self.jwks = folder / "tokens.jwks"
        run_openssl("genrsa", "-out", self._file, "2048")
        modulus = run_openssl("rsa", "-in", self._file, "-noout", "-modulus").decode().strip()
        number = bytes.fromhex(modulus.removeprefix("Modulus="))
        key = {"kty": "RSA", "alg": "RS256", "kid": KEY_ID, "use": "sig", "e": "AQAB"}
        self.jwks.write_text(json.dumps({"keys": [key | {"n": encode(number)}]}))

    def sign(self, content: bytes) -> bytes:
        """Sign by RS256."""
        return run_openssl("dgst", "-sha256", "-sign", self._file, content=content)


def write_token(claims: dict[str, str], lifetime_seconds: int, sign: Sign) -> str:
    """Write a JSON Web Token that is valid from now on."""
    now = int(time.time())
    header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    parts = header, claims | {"iat": now, "exp": now + lifetime_seconds}
    content = ".".join(encode(json.dumps(part).encode()) for part in parts)
    return f"{content}.{encode(sign(content.encode()))}"


def encode(content: bytes) -> str:
    """Encode bytes as the parts of a token are."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
