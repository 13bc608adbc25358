"""One connection to a Jetstream server, as frames."""

import logging
from collections.abc import Generator
from contextlib import closing

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.frames import CloseCode
from websockets.sync.client import ClientConnection, connect

from producer.sources.quotes import shorten
from producer.timer import Timer

# Bytes; what is larger would not fit into a message of Kafka either.
LARGEST_FRAME = 1_000_000

_POLL_SECONDS = 0.5
_SILENCE_SECONDS = 30.0
_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_FRAMES_WAITING = 64
_TOO_MANY_REQUESTS = 429


class Disconnected(Exception):
    """A connection has ended, or there was none; `reason` goes behind the name of the server."""

    def __init__(
        self, reason: str, *, is_refusal: bool = False, is_too_large: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_refusal = is_refusal
        self.is_too_large = is_too_large


def read_frames(address: str, timer: Timer) -> Generator[bytes | None, None, None]:
    """Connect and hand on each frame, and `None` after each half second without one.

    Raises `Disconnected`; closing the iterator closes the connection.
    """
    # The library's log shows stack traces of what its exceptions tell us.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    try:
        with (
            connect(
                address,
                open_timeout=_OPEN_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                max_size=LARGEST_FRAME,
                max_queue=_FRAMES_WAITING,
            ) as connection,
            closing(connection),
        ):
            yield from _receive(connection, timer)
    except InvalidStatus as error:
        status = error.response.status_code
        is_refusal = 400 <= status < 500 and status != _TOO_MANY_REQUESTS
        raise Disconnected(f"answers with HTTP {status}", is_refusal=is_refusal) from None
    except ConnectionClosed as error:
        raise _judge_end(error) from None
    # A SOCKS proxy of the environment needs a package of its own.
    except (OSError, WebSocketException, ImportError) as error:
        raise Disconnected(f"cannot be reached ({shorten(str(error))})") from None


def _receive(connection: ClientConnection, timer: Timer) -> Generator[bytes | None, None, None]:
    heard_at = timer.now()
    while True:
        try:
            # Not decoded: a text in a wrong encoding would end the connection.
            frame = connection.recv(timeout=_POLL_SECONDS, decode=False)
        except TimeoutError:
            if timer.now() - heard_at >= _SILENCE_SECONDS:
                raise Disconnected(f"has said nothing for {_SILENCE_SECONDS:.0f} s") from None
            yield None
        else:
            heard_at = timer.now()
            yield frame


def _judge_end(error: ConnectionClosed) -> Disconnected:
    if error.sent and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
        return Disconnected("has sent a message larger than 1 MB", is_too_large=True)
    if error.rcvd:
        return Disconnected(f"has closed the connection ({shorten(str(error.rcvd))})")
    return Disconnected("has let the connection break")
