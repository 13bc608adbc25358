"""What a NameNode says of itself and its DataNodes over HTTP."""

import json
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

TIMEOUT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class LiveDataNode:
    """A DataNode that sends heartbeats: where it takes data, and where WebHDFS redirects to."""

    data_address: str
    redirect_address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One bean of a NameNode, and the time on the NameNode's clock."""

    bean: dict[str, Any]
    answered_at: datetime | None


def is_operational(webhdfs_url: str) -> bool:
    """Say whether a NameNode answers and has left safe mode."""
    try:
        return read_namesystem(webhdfs_url).bean.get("FSState") == "Operational"
    except OSError:
        return False


def read_namesystem(webhdfs_url: str) -> Answer:
    """Read the bean with `FSState` and the counts of DataNodes; raise `OSError` without answer."""
    return _read_bean(webhdfs_url, "FSNamesystemState")


def list_live(webhdfs_url: str) -> list[LiveDataNode]:
    """List the DataNodes that a NameNode counts as live; raise `OSError` without answer."""
    nodes = json.loads(_read_bean(webhdfs_url, "NameNodeInfo").bean.get("LiveNodes", "{}"))
    live = []
    for name, node in sorted(nodes.items()):
        # A redirect names the DataNode's host as it registered, not the address it came from.
        host, port = name.rpartition(":")[0], node["infoAddr"].rpartition(":")[2]
        live.append(LiveDataNode(node["xferaddr"], f"{host}:{port}"))
    return live


def _read_bean(webhdfs_url: str, bean: str) -> Answer:
    url = f"{webhdfs_url.rstrip('/')}/jmx?qry=Hadoop:service=NameNode,name={bean}"
    # A proxy of the environment leads to other hosts, not to this one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
            beans = json.load(response)["beans"]
            date = response.headers["Date"]
    except (ValueError, KeyError) as error:
        raise OSError(f"what answers is no NameNode: {error}") from error
    return Answer(beans[0] if beans else {}, parsedate_to_datetime(date) if date else None)
