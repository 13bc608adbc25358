"""A NameNode that answers as tests want it, and keeps what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from http_server import Handler, serve

from access.hdfs.access import HdfsAccess
from stack.namenode import NameNode

FOLDER = {"type": "DIRECTORY", "owner": "tweets", "group": "team", "permission": "750"}
NO_QUOTA = {"quota": -1, "spaceQuota": -1, "spaceConsumed": 0, "fileAndDirectoryCount": 1}


class StubNameNode:
    """Knows some folders; `refusals` say by which exception an operation ends, or all (`*`)."""

    def __init__(self) -> None:
        self.url = ""
        self.folders: dict[str, dict[str, Any]] = {"/": FOLDER}
        self.quota = NO_QUOTA
        self.refusals: dict[str, str] = {}
        self.jmx: dict[str, Any] | None = {"FSState": "Operational", "NumLiveDataNodes": 1}
        self.datanode = ""
        self.asked: list[tuple[str, str]] = []

    def open(self) -> NameNode:
        return NameNode(self.url, HdfsAccess((self.url,), "tweets"))

    def answer(self, operation: str, path: str, parameters: dict[str, str]) -> tuple[int, Any]:
        """Answer an operation by a status and a body."""
        self.asked.append((operation, path))
        if kind := self.refusals.get(operation) or self.refusals.get("*"):
            return refuse(kind, f"{kind} of {operation}\n\tat java")
        if operation == "GETFILESTATUS" and path not in self.folders:
            return refuse("FileNotFoundException", path)
        if operation == "MKDIRS":
            self.folders[path] = {**FOLDER, "owner": "us", "permission": parameters["permission"]}
        if operation == "SETOWNER":
            given = {name: parameters[name] for name in ("owner", "group") if name in parameters}
            self.folders[path] |= given
        location = f"http://{self.datanode}/webhdfs/v1{path}?op=CREATE"
        answers = {
            "GETFILESTATUS": {"FileStatus": self.folders.get(path)},
            "GETQUOTAUSAGE": {"QuotaUsage": self.quota},
            "CREATE": {"Location": location},
        }
        return 200, answers.get(operation)


def refuse(kind: str, message: str) -> tuple[int, Any]:
    if kind.startswith("HTTP "):
        return int(kind.removeprefix("HTTP ")), None
    return 403, {"RemoteException": {"exception": kind, "message": message}}


@contextmanager
def run_namenode() -> Iterator[StubNameNode]:
    """Serve a NameNode, which also is the DataNode that it names."""
    namenode = StubNameNode()

    class Answers(Handler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            parameters = dict(parse_qsl(parts.query))
            if parts.path != "/jmx":
                path = unquote(parts.path.removeprefix("/webhdfs/v1"))
                self.send(*namenode.answer(parameters["op"], path, parameters))
            elif namenode.jmx is None:
                self.send(403, None)
            else:
                self.send(200, {"beans": [namenode.jmx]})

        def do_PUT(self) -> None:
            self.do_GET()

        def send(self, status: int, answer: Any) -> None:
            body = b"" if answer is None else json.dumps(answer).encode()
            # As a NameNode does, beside the one that this server sends by itself.
            self.answer(status, body, {"Date": self.date_time_string()})

    with serve(Answers) as namenode.url:
        namenode.datanode = namenode.url.removeprefix("http://")
        yield namenode
