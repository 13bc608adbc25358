"""A real HDFS with two NameNodes, which share their edits, and a DataNode; tests fail it over."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import hdfs

from stack.hdfs import DATANODE, NAMENODE, build_hadoop_command, write_site
from stack.java import find_java
from stack.namenode import NameNode
from stack.ports import HOST, accepts_connections, pick_free_ports
from stack.process import (
    Daemon,
    ServiceProcess,
    run_once,
    start_daemon,
    stop_services,
    wait_ready,
)
from stack.state import StackFolders

ADMIN = "org.apache.hadoop.hdfs.tools.DFSHAAdmin"
SERVICE = "tweets-ns"
NAMENODES = ("nn1", "nn2")


class HaHdfs:
    """Two NameNodes, none active at first; `conf_dir` is what HADOOP_CONF_DIR wants to name."""

    def __init__(self, root: Path) -> None:
        self._folders = StackFolders(root)
        self._java = find_java()
        ports = pick_free_ports(brokers=2)
        self._rpc = dict(zip(NAMENODES, ports.brokers, strict=True))
        self._http = dict(zip(NAMENODES, ports.controllers, strict=True))
        self._datanode_ports = ports.datanodes[0]
        self._services: dict[str, ServiceProcess] = {}
        self.conf_dir = self._folders.hadoop_conf
        self.webhdfs_url = ",".join(self._url(name) for name in self._http)

    def start(self) -> None:
        """Format and start."""
        folders = self._folders
        for folder in (folders.hdfs, folders.logs, folders.temporary):
            folder.mkdir(parents=True)
        write_site(self.conf_dir / "hdfs-site.xml", self._build_site("client"))
        write_site(self.conf_dir / "core-site.xml", {})
        run_once([*self._command("nn1", NAMENODE), "-format", "-nonInteractive"], "Formatting")
        shutil.copytree(folders.hdfs / "nn1", folders.hdfs / "nn2")
        data_port, ipc_port, http_port = self._datanode_ports
        datanode = {
            "dfs.datanode.data.dir": (folders.hdfs / "dn").as_uri(),
            "dfs.datanode.hostname": HOST,
            "dfs.datanode.address": f"{HOST}:{data_port}",
            "dfs.datanode.ipc.address": f"{HOST}:{ipc_port}",
            "dfs.datanode.http.address": f"{HOST}:{http_port}",
        }
        daemons = [self._daemon("dn", DATANODE, data_port, datanode)]
        daemons += [self._daemon(name, NAMENODE, port, {}) for name, port in self._rpc.items()]
        started = {}
        for daemon in daemons:
            started[daemon] = self._services[daemon.name] = start_daemon(daemon)
        wait_ready(started, 60, lambda line: None)

    def make_active(self, name: str) -> None:
        """Make a NameNode the active one, as an administrator does."""
        self._administrate("-transitionToActive", "--forceactive", name)

    def make_standby(self, name: str) -> None:
        """Make a NameNode wait until it is needed."""
        self._administrate("-transitionToStandby", name)

    def kill(self, name: str) -> None:
        """End a NameNode as a power failure does."""
        stop_services([self._services.pop(name)], 0)

    def open_client(self, name: str) -> hdfs.InsecureClient:
        """Open a client of one NameNode."""
        return hdfs.InsecureClient(self._url(name), timeout=20)

    def stop(self) -> None:
        """End all that was started."""
        stop_services(list(self._services.values()), 1)

    def _url(self, name: str) -> str:
        return f"http://{HOST}:{self._http[name]}"

    def _administrate(self, *action: str) -> None:
        command = [*self._command("admin", ADMIN), "-ns", SERVICE, *action]
        run_once(command, " ".join(action))

    def _daemon(self, name: str, main_class: str, port: int, site: Mapping[str, object]) -> Daemon:
        return Daemon(
            name,
            self._command(name, main_class, site),
            port,
            self._folders.logs / f"{name}.log",
            lambda: (
                accepts_connections(HOST, port) and (name == "dn" or self._knows_datanode(name))
            ),
        )

    def _knows_datanode(self, name: str) -> bool:
        with suppress(OSError):
            namenode = NameNode(self._url(name))
            return namenode.is_operational() and bool(namenode.list_live())
        return False

    def _command(
        self, name: str, main_class: str, site: Mapping[str, object] | None = None
    ) -> list[str]:
        full_site = {**self._build_site(name), **(site or {})}
        return build_hadoop_command(self._java, self._folders, name, main_class, full_site)

    def _build_site(self, name: str) -> dict[str, object]:
        failover = "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"
        hdfs_folder = self._folders.hdfs
        site: dict[str, object] = {
            "dfs.nameservices": SERVICE,
            f"dfs.ha.namenodes.{SERVICE}": "nn1,nn2",
            f"dfs.client.failover.proxy.provider.{SERVICE}": failover,
            "dfs.replication": 1,
            "dfs.permissions.superusergroup": "admins",
            "dfs.namenode.shared.edits.dir": (hdfs_folder / "shared").as_uri(),
            "dfs.namenode.datanode.registration.ip-hostname-check": "false",
            "dfs.namenode.safemode.extension": 0,
            "dfs.namenode.safemode.min.datanodes": 1,
            "dfs.heartbeat.interval": 1,
            "dfs.ha.tail-edits.period": 1,
            "dfs.ha.standby.checkpoints": "false",
            "ipc.client.connect.max.retries": 1,
            "ipc.client.connect.retry.interval": 100,
        }
        for each, port in self._rpc.items():
            site[f"dfs.namenode.rpc-address.{SERVICE}.{each}"] = f"{HOST}:{port}"
            site[f"dfs.namenode.http-address.{SERVICE}.{each}"] = f"{HOST}:{self._http[each]}"
        if name in self._rpc:
            site["dfs.ha.namenode.id"] = name
            site["dfs.namenode.name.dir"] = (hdfs_folder / name).as_uri()
        return site
