"""The ports of the local stack: those that the settings name, those that follow, or free ones."""

import random
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from settings import Settings
from stack.errors import StackError

HOST = "127.0.0.1"
DATANODES = 3
# Below the range that systems give to outgoing connections, so that a port stays free until used.
_FREE_RANGE = range(15_000, 30_000)


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port that the stack listens on; a DataNode has three: data, IPC, HTTP."""

    brokers: list[int]
    controllers: list[int]
    namenode: int
    webhdfs: int
    datanodes: list[list[int]]

    def name_all(self) -> Iterator[tuple[int, str]]:
        """List each port with the setting that moves it."""
        for port in (*self.brokers, *self.controllers):
            yield port, "TWEETS_BOOTSTRAP_SERVERS"
        yield self.namenode, "TWEETS_DATA_ROOT"
        yield self.webhdfs, "TWEETS_WEBHDFS_URL"
        for ports in self.datanodes:
            for port in ports:
                yield port, "TWEETS_WEBHDFS_URL"


def plan_ports(settings: Settings, brokers: int) -> Ports:
    """Derive all ports from the addresses in the settings.

    Brokers count up from the first bootstrap server, their controllers from 1000 above it, the
    DataNodes from the port after WebHDFS. Raises `StackError` if an address is not of this machine.
    """
    first = settings.bootstrap_servers.split(",")[0].strip()
    broker = _read_port("TWEETS_BOOTSTRAP_SERVERS", first, f"kafka://{first}", "kafka")
    namenode = _read_port("TWEETS_DATA_ROOT", settings.data_root, settings.data_root, "hdfs")
    webhdfs = _read_port("TWEETS_WEBHDFS_URL", settings.webhdfs_url, settings.webhdfs_url, "http")
    ports = Ports(
        brokers=[broker + i for i in range(brokers)],
        controllers=[broker + 1000 + i for i in range(brokers)],
        namenode=namenode,
        webhdfs=webhdfs,
        datanodes=[[webhdfs + 1 + 3 * i + j for j in range(3)] for i in range(DATANODES)],
    )
    seen: dict[int, str] = {}
    for port, setting in ports.name_all():
        if port > 65535:
            raise StackError(f"{setting} leads to port {port}, but 65535 is the last: lower it.")
        if port in seen:
            raise StackError(
                f"Port {port} would be used twice, by {seen[port]} and by {setting}: "
                "move one of them."
            )
        seen[port] = setting
    return ports


def pick_free_ports(brokers: int) -> Ports:
    """Pick ports that are free now."""
    free = (port for port in random.sample(_FREE_RANGE, len(_FREE_RANGE)) if is_free(port))
    return Ports(
        brokers=[next(free) for _ in range(brokers)],
        controllers=[next(free) for _ in range(brokers)],
        namenode=next(free),
        webhdfs=next(free),
        datanodes=[[next(free) for _ in range(3)] for _ in range(DATANODES)],
    )


def check_free(ports: Ports) -> None:
    """Raise `StackError` naming the first port that another process listens on."""
    for port, setting in ports.name_all():
        if not is_free(port):
            raise StackError(
                f"Port {port} is taken by another process: stop that, or set {setting} to another "
                "port (in the environment or in .env), or use --free-ports."
            )


def is_free(port: int) -> bool:
    """Say whether nothing on this machine listens on a port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # As the daemons do: a connection of a stopped one that still lingers is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return not accepts_connections(HOST, port)


def accepts_connections(host: str, port: int, timeout_seconds: float = 1) -> bool:
    """Say whether something accepts TCP connections there."""
    try:
        socket.create_connection((host, port), timeout_seconds).close()
    except OSError:
        return False
    return True


def _read_port(setting: str, value: str, url: str, scheme: str) -> int:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme == scheme and parts.hostname in ("127.0.0.1", "localhost") and port:
        return port
    example = f"{'' if scheme == 'kafka' else scheme + '://'}127.0.0.1:PORT"
    raise StackError(
        f"{setting} is {value!r}, which is no address of this machine with a port: set it to "
        f"{example} to run the service here, or use --free-ports."
    )
