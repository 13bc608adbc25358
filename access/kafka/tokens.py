"""Tokens that an OAuth server gives to a client for its id and secret (RFC 6749, 4.4)."""

import base64
import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from kafka.net.sasl.oauth import AbstractTokenProvider

_TIMEOUT_SECONDS = 5.0
_MOST_BYTES = 1 << 16
_USED_OF_LIFETIME = 0.8
_REFUSALS = range(300, 500)
_MAY_PASS = (408, 425, 429)


class TokenRefused(Exception):
    """There is no token for us, nor will there be; the message says why and what to do."""


class TokenUnreachable(OSError):
    """There is no token for now; the message says why and what to do."""


class TokenSource(AbstractTokenProvider):  # type: ignore[misc]
    """Gets tokens for Kafka's Python client, and keeps each for most of its life."""

    def __init__(self, url: str, client_id: str, client_secret: str, scope: str | None) -> None:
        super().__init__()
        self._url = url
        credentials = f"{client_id}:{client_secret}".encode()
        # A redirect is not followed: the secret is for this address.
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._opener.addheaders = [
            ("Authorization", f"Basic {base64.b64encode(credentials).decode()}"),
            ("Accept", "application/json"),
        ]
        wanted = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._question = urlencode(wanted).encode()
        self._lock = Lock()
        self._token = ""
        self._fresh_until = 0.0

    def token(self) -> str:
        """Return a token that has not expired; `TokenRefused` or `TokenUnreachable` without one."""
        with self._lock:
            if time.monotonic() >= self._fresh_until:
                asked_at = time.monotonic()
                answer = self._ask()
                self._token = _read_token(answer, self._url)
                lifetime = answer.get("expires_in")
                seconds = lifetime if isinstance(lifetime, int | float) else 0
                self._fresh_until = asked_at + _USED_OF_LIFETIME * seconds
            return self._token

    def _ask(self) -> dict[str, Any]:
        try:
            with self._opener.open(self._url, self._question, _TIMEOUT_SECONDS) as response:
                answer = json.loads(response.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            raise _explain_status(self._url, error) from None
        except (OSError, http.client.HTTPException) as error:
            raise _explain_failure(self._url, getattr(error, "reason", None) or error) from None
        except ValueError:
            answer = None
        return answer if isinstance(answer, dict) else {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _explain_status(url: str, error: urllib.error.HTTPError) -> Exception:
    try:
        answer = json.loads(error.read(_MOST_BYTES))
        said = ", ".join(
            str(answer[key]) for key in ("error", "error_description") if key in answer
        )
    except (OSError, ValueError, TypeError):
        said = ""
    what = f"HTTP {error.code}, {said}" if said else f"HTTP {error.code} {error.reason}"
    if error.code not in _REFUSALS or error.code in _MAY_PASS:
        return _build_unreachable(url, what)
    return TokenRefused(
        f"{url} gives no token ({what}): correct TWEETS_KAFKA_USERNAME, its password, "
        "TWEETS_KAFKA_TOKEN_SCOPE or TWEETS_KAFKA_TOKEN_URL."
    )


def _explain_failure(url: str, reason: object) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return TokenRefused(
            f"{url} shows a certificate that is not trusted ({reason.verify_message.rstrip('.')}): "
            "let this machine trust the authority that signed it, or correct "
            "TWEETS_KAFKA_TOKEN_URL."
        )
    return _build_unreachable(url, reason)


def _build_unreachable(url: str, reason: object) -> TokenUnreachable:
    return TokenUnreachable(
        f"{url} gives no token ({reason}): start that server, or correct TWEETS_KAFKA_TOKEN_URL."
    )


def _read_token(answer: dict[str, Any], url: str) -> str:
    token = answer.get("access_token")
    if not (isinstance(token, str) and token):
        raise TokenRefused(
            f"{url} answers, but with no token: let TWEETS_KAFKA_TOKEN_URL name the address where "
            "the OAuth server gives them."
        )
    return token
