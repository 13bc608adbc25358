"""An HTTP server over a real socket, for stubs of what others serve."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NO_HEADERS: Mapping[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    """Answers in one piece, and keeps the test's output quiet."""

    def answer(self, status: int, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Answer with a code, headers and a body."""
        self.send_head(status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send a code and headers; the body is left to the caller."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serve(handler: type[Handler], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port and yield the URL; at the end, wait for the requests under way."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context:
        # A client that leaves in the middle of the handshake then fails in a thread of its own.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
