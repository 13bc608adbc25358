"""One NameNode over HTTP: what it tells of itself and its folders, and what is made there."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from access.hdfs.access import HdfsAccess, open_session

CONNECT_AND_READ_SECONDS = (2, 10)
# A container's account may have no name.
_ANYBODY = "anybody"
_PORTS = {"http": 80, "https": 443}
_DATE = re.compile(r"\w+, [^,]+ GMT")


class NameNodeRefusal(OSError):
    """A NameNode refuses; `kind` is the name of its exception, or `HTTP` and a status."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message.partition("\n")[0])
        self.kind = kind


class NameNode:
    """A NameNode, asked as the access says, or without one for its state, which all may see.

    Every call raises an `OSError`: `NameNodeRefusal` if it is refused, one of requests if nothing
    answers in time. `answered_at` is the time on the NameNode's clock when it last did.
    """

    def __init__(
        self,
        url: str,
        access: HdfsAccess | None = None,
        timeout_seconds: float | tuple[float, float] = CONNECT_AND_READ_SECONDS,
    ) -> None:
        self._url = url
        self.answered_at: datetime | None = None
        self._session = open_session(access or HdfsAccess((url,), _ANYBODY))
        self._timeout_seconds = timeout_seconds

    def is_operational(self) -> bool:
        """Say whether it answers and has left safe mode."""
        try:
            return bool(self.read_state().get("FSState") == "Operational")
        except OSError:
            return False

    def read_state(self) -> dict[str, Any]:
        """Read its `FSState` and the counts of DataNodes, files and blocks."""
        return self._read_bean("FSNamesystemState")

    def list_live(self) -> dict[str, dict[str, Any]]:
        """Describe the DataNodes that it counts as live, by their host names with data ports."""
        live: dict[str, dict[str, Any]] = json.loads(
            self._read_bean("NameNodeInfo").get("LiveNodes", "{}")
        )
        return live

    def get_status(self, path: str) -> dict[str, Any] | None:
        """Describe a file or folder: `owner`, `group`, `permission`, `type`; None without one."""
        try:
            status: dict[str, Any] = self._call("GET", "GETFILESTATUS", path)["FileStatus"]
        except NameNodeRefusal as error:
            if error.kind == "FileNotFoundException":
                return None
            raise
        return status

    def check_access(self, path: str, action: str) -> None:
        """Ask whether we may do what an action such as `rwx` says; changes nothing."""
        self._call("GET", "CHECKACCESS", path, fsaction=action)

    def get_quota(self, path: str) -> dict[str, Any]:
        """Tell the quota of a folder and what is used of it, -1 where there is none."""
        usage: dict[str, Any] = self._call("GET", "GETQUOTAUSAGE", path)["QuotaUsage"]
        return usage

    def name_datanode(self, path: str) -> str:
        """Name the `host:port` that a new file would be sent to; writes nothing."""
        location: str = self._call("PUT", "CREATE", path, noredirect="true")["Location"]
        parts = urlsplit(location)
        return parts.netloc if parts.port else f"{parts.netloc}:{_PORTS[parts.scheme]}"

    def make_folder(self, path: str, permission: str) -> None:
        """Make a folder."""
        self._call("PUT", "MKDIRS", path, permission=permission)

    def set_owner(self, path: str, owner: str, group: str | None) -> None:
        """Give a file or folder to an owner, and to a group if one is named."""
        of_group = {"group": group} if group else {}
        self._call("PUT", "SETOWNER", path, owner=owner, **of_group)

    def _read_bean(self, name: str) -> dict[str, Any]:
        query = f"Hadoop:service=NameNode,name={name}"
        beans = self._send("GET", "/jmx", {"qry": query}).get("beans")
        bean: dict[str, Any] = beans[0] if beans else {}
        return bean

    def _call(self, method: str, operation: str, path: str, **parameters: str) -> dict[str, Any]:
        place = f"/webhdfs/v1{quote(path)}"
        return self._send(method, place, {"op": operation, **parameters})

    def _send(self, method: str, place: str, parameters: dict[str, str]) -> dict[str, Any]:
        response = self._session.request(
            method, self._url + place, params=parameters, timeout=self._timeout_seconds
        )
        # A NameNode tells it twice, and what tells it twice is joined by a comma.
        if date := _DATE.match(response.headers.get("Date", "")):
            self.answered_at = parsedate_to_datetime(date[0])
        try:
            answer = response.json() if response.content else {}
        except ValueError:
            answer = None
        if isinstance(answer, dict) and response.ok:
            return answer
        refusal = answer.get("RemoteException") if isinstance(answer, dict) else None
        if refusal:
            raise NameNodeRefusal(refusal["exception"], refusal["message"])
        status = f"HTTP {response.status_code}"
        raise NameNodeRefusal(status, f"{status} {response.reason}")
