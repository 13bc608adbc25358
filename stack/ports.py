"""The ports of the local stack: those that the settings name, those that follow, or free ones."""

import random
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from settings import Settings
from stack.errors import StackError

HOST = "127.0.0.1"
DATANODES = 3
# Where people look for Spark.
SPARK_PORT, SPARK_PAGE_PORT = 7077, 8080
# Below the range that systems give to outgoing connections, so that a port stays free until used.
_FREE_RANGE = range(15_000, 30_000)
_PICKED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port that the stack listens on; a DataNode has three: data, IPC, HTTP.

    `spark` is the master and then its workers, each with its own port and that of its page; it is
    empty in a stack without Spark.
    """

    brokers: list[int]
    controllers: list[int]
    namenode: int
    webhdfs: int
    datanodes: list[list[int]]
    spark: list[list[int]] = field(default_factory=list)

    def name_all(self) -> Iterator[tuple[int, str]]:
        """List each port with the setting that moves it, as `name_spark` for Spark's."""
        for port in (*self.brokers, *self.controllers):
            yield port, "TWEETS_BOOTSTRAP_SERVERS"
        yield self.namenode, "TWEETS_DATA_ROOT"
        yield self.webhdfs, "TWEETS_WEBHDFS_URL"
        for ports in self.datanodes:
            for port in ports:
                yield port, "TWEETS_WEBHDFS_URL"
        yield from self.name_spark()

    def name_spark(self) -> Iterator[tuple[int, str]]:
        """List each port of Spark with its service: no setting moves them."""
        for ports in self.spark:
            for port in ports:
                yield port, "Spark"


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
    _check_distinct(ports)
    return ports


def list_free_ports() -> Iterator[int]:
    """List ports that are free now and that no system hands out by itself, from any one on.

    They follow each other, so that two who pick some at the same time hardly ever pick the same.
    """
    [start] = random.sample(range(0, len(_FREE_RANGE), _PICKED_TOGETHER), 1)
    return filter(is_free, (*_FREE_RANGE[start:], *_FREE_RANGE[:start]))


def pick_free_ports(brokers: int) -> Ports:
    """Pick ports that are free now."""
    free = list_free_ports()
    return Ports(
        brokers=[next(free) for _ in range(brokers)],
        controllers=[next(free) for _ in range(brokers)],
        namenode=next(free),
        webhdfs=next(free),
        datanodes=[[next(free) for _ in range(3)] for _ in range(DATANODES)],
    )


def add_spark(ports: Ports, workers: int, free_ports: bool) -> Ports:
    """Add the ports of a Spark master and its workers: the usual ones, or any that are free now.

    Raises `StackError` if one of the usual ones is used by the rest of the stack.
    """
    count = workers + 1
    if not free_ports:
        usual = [[SPARK_PORT + i, SPARK_PAGE_PORT + i] for i in range(count)]
        planned = replace(ports, spark=usual)
        _check_distinct(planned)
        return planned
    used = {port for port, _ in ports.name_all()}
    free = (port for port in list_free_ports() if port not in used)
    return replace(ports, spark=[[next(free), next(free)] for _ in range(count)])


def check_free(ports: Iterable[tuple[int, str]]) -> None:
    """Raise `StackError` naming the first port that another process listens on."""
    for port, setting in ports:
        if not is_free(port):
            move = f"set {setting} to another port (in the environment or in .env), or "
            raise StackError(
                f"Port {port} is taken by another process: stop that, or "
                f"{move if setting.startswith('TWEETS_') else ''}use --free-ports."
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


def _check_distinct(ports: Ports) -> None:
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
