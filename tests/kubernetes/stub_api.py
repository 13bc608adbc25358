"""The part of the Kubernetes API that Spark uses, for tests, over a real socket.

It keeps what it is told. Written from the published API: objects by path, lists by label, changes
as a stream of lines.
"""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from http_server import Handler, serve

Object = dict[str, Any]
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Call:
    """A request, as the rules of a Role see it."""

    group: str
    resource: str
    verb: str


class StubApi:
    """An API server that stores what it gets; `run` gets new pods, `end` names of deleted ones."""

    def __init__(
        self,
        run: Callable[[Object], None] = lambda _: None,
        end: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.calls: list[Call] = []
        self.bodies: list[str] = []
        self.objects: dict[str, Object] = {}
        self.is_closing = False
        self._run = run
        self._end = end
        self._versions = count(1)
        self._events: list[Object] = []
        self._changed = threading.Condition()
        self._serving = ExitStack()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"stub": self})
        self.url = self._serving.enter_context(serve(handler))
        return self

    def __exit__(self, *_: object) -> None:
        self.is_closing = True
        self._serving.close()

    def of_kind(self, kind: str) -> list[Object]:
        """List the objects of a kind, oldest first."""
        with self._changed:
            return [stored for stored in self.objects.values() if stored["kind"] == kind]

    def find(self, kind: str, name: str) -> Object:
        """Find an object; `LookupError` if there is none."""
        for stored in self.of_kind(kind):
            if stored["metadata"]["name"] == name:
                return stored
        raise LookupError(f"no {kind} {name}")

    def list_names(self, path: str) -> set[str]:
        """List the names of the objects below a path."""
        with self._changed:
            return {name.rpartition("/")[2] for name in self.objects if name.startswith(path)}

    def put(self, path: str, given: Object) -> Object:
        """Store an object under its path."""
        with self._changed:
            kind = "MODIFIED" if path in self.objects else "ADDED"
            metadata = given["metadata"]
            metadata.setdefault("uid", f"uid-{len(self._events)}")
            metadata.setdefault("creationTimestamp", "2026-11-24T09:30:00Z")
            metadata["resourceVersion"] = str(next(self._versions))
            self.objects[path] = given
            self._tell(kind, path, given)
        return given

    def remove(self, path: str) -> Object | None:
        """Delete an object; gives what it was."""
        with self._changed:
            gone = self.objects.pop(path, None)
            if gone:
                self._tell("DELETED", path, gone)
        if gone and gone["kind"] == "Pod":
            self._end(gone["metadata"]["name"])
        return gone

    def create(self, path: str, given: Object) -> Object:
        """Store a new object; a pod is run."""
        created = self.put(path, given)
        if created["kind"] == "Pod":
            self._run(created)
        return created

    def list_items(self, path: str, query: dict[str, list[str]]) -> dict[str, Object]:
        """Find the objects below a path that have the labels of a query."""
        wanted = query.get("labelSelector", [""])[0]
        with self._changed:
            return {
                name: stored
                for name, stored in self.objects.items()
                if name.rpartition("/")[0] == path and has_labels(stored, wanted)
            }

    def follow(
        self, path: str, query: dict[str, list[str]], send: Callable[[Object], None]
    ) -> None:
        """Send each change below a path, until the test is over."""
        wanted = query.get("labelSelector", [""])[0]
        since = int(query.get("resourceVersion", ["0"])[0] or 0)
        position = 0
        while not self.is_closing:
            with self._changed:
                if position == len(self._events):
                    self._changed.wait(0.05)
                batch = self._events[position:]
            position += len(batch)
            for event in batch:
                stored = event["object"]
                is_new = int(stored["metadata"]["resourceVersion"]) > since
                if is_new and event["path"].startswith(path) and has_labels(stored, wanted):
                    send({"type": event["type"], "object": stored})

    def _tell(self, kind: str, path: str, given: Object) -> None:
        copy = json.loads(json.dumps(given))
        self._events.append({"type": kind, "path": path, "object": copy})
        self._changed.notify_all()


def has_labels(stored: Object, selector: str) -> bool:
    """Tell whether an object has the labels `name=value,…`; other selectors exclude nothing."""
    labels = stored["metadata"].get("labels", {})
    pairs = [part.split("=", 1) for part in selector.split(",") if "=" in part and "!" not in part]
    return all(labels.get(name) == value for name, value in pairs)


class _Handler(Handler):
    protocol_version = "HTTP/1.1"
    stub: StubApi

    def do_GET(self) -> None:
        path, query = self._split()
        if query.get("watch") == ["true"]:
            self._record("watch")
            self._watch(path, query)
        elif self._is_collection(path):
            self._record("list")
            items = list(self.stub.list_items(path, query).values())
            self._answer(200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items})
        else:
            self._record("get")
            self._answer_found(self.stub.objects.get(path))

    def do_POST(self) -> None:
        self._record("create")
        given = self._read_body()
        path, _ = self._split()
        name = given["metadata"].setdefault("name", given["metadata"].get("generateName"))
        self._answer(201, self.stub.create(f"{path}/{name}", given))

    def do_PATCH(self) -> None:
        self._record("patch")
        given = self._read_body()
        path, _ = self._split()
        if self.headers["Content-Type"] == "application/apply-patch+yaml":
            self._answer(200, self.stub.put(path, given))
        else:
            self._answer_found(self.stub.objects.get(path))

    def do_DELETE(self) -> None:
        path, query = self._split()
        self._read_body()
        if self._is_collection(path):
            self._record("deletecollection")
            for name in self.stub.list_items(path, query):
                self.stub.remove(name)
            self._answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})
        else:
            self._record("delete")
            self._answer_found(self.stub.remove(path))

    def _split(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query)

    def _is_collection(self, path: str) -> bool:
        return path.partition("/namespaces/")[2].count("/") == 1

    def _record(self, verb: str) -> None:
        # /api/v1/namespaces/NAMESPACE/RESOURCE or /apis/GROUP/VERSION/namespaces/…
        before, _, behind = urlsplit(self.path).path.partition("/namespaces/")
        group = before.split("/")[2] if before.startswith("/apis/") else ""
        self.stub.calls.append(Call(group, behind.split("/")[1], verb))

    def _read_body(self) -> Any:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.stub.bodies.append(body)
        return json.loads(body) if body else {}

    def _answer_found(self, found: Object | None) -> None:
        missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}
        self._answer(200 if found else 404, found or missing)

    def _answer(self, status: int, answer: object) -> None:
        self.answer(status, json.dumps(answer).encode(), JSON)

    def _watch(self, path: str, query: dict[str, list[str]]) -> None:
        self.close_connection = True
        if "Upgrade" in self.headers:
            # No WebSocket here: the client asks again for a stream of lines.
            self._answer(503, {"kind": "Status", "apiVersion": "v1", "code": 503})
            return
        self.send_head(200, JSON | {"Transfer-Encoding": "chunked"})

        def send(event: Object) -> None:
            line = json.dumps(event).encode() + b"\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

        with suppress(ConnectionError):
            self.stub.follow(path, query, send)
