"""The NameNodes of one HDFS: whichever is active is asked."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import hdfs
import requests

from access.hdfs.access import HdfsAccess, open_session
from access.hdfs.kerberos import read_reason

CONNECT_AND_READ_SECONDS = (1, 5)
RETRY_SECONDS = 0.5
BROKEN = (requests.Timeout, requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
_UNAUTHENTICATED = "Authentication failure. Check your credentials."
_NOT_ACTIVE = ("StandbyException", "RetriableException")

T = TypeVar("T")


class NoActiveNameNode(Exception):
    """No NameNode answers as the active one; the message says what each does instead."""


class NameNodes:
    """Asks the active NameNode, and finds it again when another one has become it.

    One that does not answer costs a second, or five if it takes connections, and only until
    another has answered. `patience_seconds` is how long to wait while one that is not active says
    so: then the change is likely under way.
    """

    def __init__(self, access: HdfsAccess, patience_seconds: float = 0) -> None:
        # It prints the page of each refusal, and we raise what it says.
        logging.getLogger("hdfs.client").setLevel(logging.CRITICAL)
        self._clients = {
            url: hdfs.Client(url, timeout=CONNECT_AND_READ_SECONDS, session=open_session(access))
            for url in access.urls
        }
        self._active = access.urls[0]
        self._patience_seconds = patience_seconds

    def ask(self, question: Callable[[hdfs.Client], T]) -> T:
        """Put a question that may be asked again; raise what HDFS answers, or what breaks.

        Raises `NoActiveNameNode` if no NameNode takes it.
        """
        deadline = time.monotonic() + self._patience_seconds
        while True:
            refusals: dict[str, Exception] = {}
            for url in sorted(self._clients, key=lambda url: url != self._active):
                try:
                    answer = question(self._clients[url])
                except (hdfs.HdfsError, requests.RequestException) as error:
                    if not _says_not_active(error) and not _is_silent(error, url):
                        raise
                    refusals[url] = error
                else:
                    self._active = url
                    return answer
            is_changing = any(_says_not_active(error) for error in refusals.values())
            if not is_changing or time.monotonic() >= deadline:
                reasons = [explain_failure(refusals[url]) for url in self._clients]
                raise NoActiveNameNode("; ".join(reasons))
            time.sleep(RETRY_SECONDS)


def is_of_datanode(error: Exception, url: str) -> bool:
    """Say whether a request failed after the NameNode at a url had sent it on to a DataNode."""
    if not isinstance(error, requests.RequestException):
        return False
    # What breaks while a file is being read names no request.
    return error.request is None or _name_place(error.request.url or "") != _name_place(url)


def explain_failure(error: Exception) -> str:
    """Say in some words what was wrong with a request."""
    if isinstance(error, requests.Timeout):
        return f"no answer within {CONNECT_AND_READ_SECONDS[1]} s"
    if isinstance(error, requests.exceptions.SSLError):
        return f"its certificate is not trusted ({error})"
    if isinstance(error, requests.ConnectionError):
        return "the connection is refused or breaks"
    if reason := read_reason(error):
        return f"it cannot be told who we are ({reason})"
    if str(error) == _UNAUTHENTICATED:
        return "it wants to know us by Kerberos, or does not accept our ticket"
    return str(error).partition("\n")[0].rstrip(".")


def _says_not_active(error: Exception) -> bool:
    return getattr(error, "exception", None) in _NOT_ACTIVE


def _name_place(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port


def _is_silent(error: Exception, url: str) -> bool:
    return isinstance(error, BROKEN) and not is_of_datanode(error, url)
