"""Speaks with the API of X: opens the stream, asks for the rules and changes them."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from producer.sources.addresses import is_address
from producer.sources.live import SourceError
from producer.sources.quotes import shorten
from producer.sources.x.backoff import Disconnected, Trouble
from producer.sources.x.problems import judge_refusal

# X sends a blank line at least this often.
KEEP_ALIVE_SECONDS = 20.0

_CONNECT_SECONDS = 10.0
_LARGEST_PIECE = 64 << 10
_LARGEST_REFUSAL = 64 << 10
_LARGEST_ANSWER = 16 << 20

_STREAM_PATH = "/2/tweets/search/stream"
_RULES_PATH = "/2/tweets/search/stream/rules"
_STREAM_PARAMETERS = {
    "tweet.fields": "created_at,author_id,lang,note_tweet",
    "expansions": "author_id",
    "user.fields": "name,username",
}


class XClient:
    """An account of X, by its token; `SourceError` if the URL is no address.

    Every call raises `Disconnected` where it is worth while to try again, and `SourceError` where
    it is not.
    """

    def __init__(self, api_url: str, token: str) -> None:
        if not is_address(api_url, ("http", "https")):
            raise SourceError(
                f"TWEETS_X_API_URL is {api_url!r}, which is no address such as "
                "https://api.x.com: correct it."
            )
        self._api_url = api_url.rstrip("/")
        self._token = token

    @contextmanager
    def open_stream(self) -> Iterator[Generator[bytes, None, None]]:
        """Connect, and give the bytes of the stream as they come; leaving closes the connection.

        They never end: `Disconnected` is raised in their place, after 20 s without any too.
        """
        with self._request("GET", _STREAM_PATH, params=_STREAM_PARAMETERS) as response:
            yield _read_pieces(response)

    def get_rules(self, page: str = "") -> dict[str, Any]:
        """Ask for the rules of the account, or for a further page of them."""
        return self._ask("GET", params={"pagination_token": page} if page else {})

    def change_rules(self, change: dict[str, Any]) -> dict[str, Any]:
        """Add or delete rules, as the API names it."""
        return self._ask("POST", json=change)

    def _ask(self, method: str, **options: Any) -> dict[str, Any]:
        with self._request(method, _RULES_PATH, **options) as response:
            try:
                answer = json.loads(response.raw.read(_LARGEST_ANSWER, decode_content=True))
            except (HTTPError, OSError) as error:
                raise Disconnected(Trouble.NETWORK, _describe(error)) from None
            except (ValueError, RecursionError):
                answer = None
        if not isinstance(answer, dict):
            raise SourceError(
                f"{self._api_url} does not answer as X does: correct TWEETS_X_API_URL."
            )
        return answer

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            # No session: a connection kept from a refusal is likely to be dead after the pause.
            response = requests.request(
                method,
                self._api_url + path,
                # As a header alone, a `.netrc` would take its place.
                auth=self._authorise,
                # What a compressor on the way holds back would come late.
                headers={"Accept-Encoding": "identity"},
                timeout=(_CONNECT_SECONDS, KEEP_ALIVE_SECONDS),
                stream=True,
                allow_redirects=False,
                **options,
            )
        # Not all that goes wrong is wrapped in what requests raises, which is an OSError too.
        except (HTTPError, OSError) as error:
            reason = f"cannot be reached ({_describe(error)})"
            raise Disconnected(Trouble.NETWORK, reason) from None
        if response.status_code // 100 == 2:
            return response
        with response:
            raise judge_refusal(response.status_code, response.headers, _read_refusal(response))

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _read_pieces(response: requests.Response) -> Generator[bytes, None, None]:
    try:
        # Unlike `iter_content`, this waits for no piece to become full.
        while piece := response.raw.read1(_LARGEST_PIECE, decode_content=True):
            yield piece
    except ReadTimeoutError:
        reason = f"has sent nothing for {KEEP_ALIVE_SECONDS:g} s"
        raise Disconnected(Trouble.NETWORK, reason) from None
    except (HTTPError, OSError):
        raise Disconnected(Trouble.NETWORK, "has let the connection break") from None
    raise Disconnected(Trouble.NETWORK, "has closed the connection")


def _read_refusal(response: requests.Response) -> bytes:
    try:
        return bytes(response.raw.read(_LARGEST_REFUSAL, decode_content=True))
    except (HTTPError, OSError):
        return b""


def _describe(error: BaseException) -> str:
    """Find the words of the system, below the layers that have wrapped them."""
    if isinstance(error, ValueError):
        # Our own address has been checked; that of a proxy may hold a password, and is not shown.
        return "the proxy of HTTPS_PROXY or HTTP_PROXY cannot be used"
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        if isinstance(cause, TimeoutError):
            return "no answer in time"
        cause = cause.__cause__ or cause.__context__
    # Only what has no name of its own says all in its text.
    return shorten(str(error)) if type(error) is OSError else type(error).__name__
