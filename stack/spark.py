"""A Spark standalone cluster: its master and workers, their environment and commands."""

import json
import os
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stack.jars import locate_pyspark_jars
from stack.ports import HOST, Ports, accepts_connections
from stack.process import Daemon, build_java_command
from stack.state import StackFolders

JAVA_OPTIONS = ("-Xmx256m", "-XX:TieredStopAtLevel=1")
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
WORKER_OPTIONS = ("--cores", "1", "--memory", "1g")
TIMEOUT_SECONDS = 3
_MASTER_PROPERTIES = {"spark.master.rest.enabled": "false"}
_WORKER_PROPERTIES = {
    # What an executor says, and what applications that have ended left behind, stay bounded.
    "spark.executor.logs.rolling.strategy": "size",
    "spark.executor.logs.rolling.maxSize": 5 << 20,
    "spark.executor.logs.rolling.maxRetainedFiles": 2,
    "spark.worker.cleanup.enabled": "true",
    "spark.worker.cleanup.appDataTtl": 24 * 3600,
}
# All that an executor gets of our environment: nothing of the driver's must reach it that way.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TZ", "USER")


def build_cluster(java: Path, folders: StackFolders, ports: Ports) -> list[Daemon]:
    """Say how to run the master and each worker; nothing in a stack without Spark."""
    if not ports.spark:
        return []
    [master, *workers] = ports.spark
    return [
        _build_master(java, folders, master),
        *(
            _build_worker(java, folders, f"spark-worker-{number}", worker, master)
            for number, worker in enumerate(workers, 1)
        ),
    ]


def read_master(page_port: int) -> dict[str, Any]:
    """Read what a master says of itself and its workers; raise `OSError` without answer."""
    # A proxy of the environment leads to other hosts, not to this one.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{HOST}:{page_port}/json/", timeout=TIMEOUT_SECONDS) as response:
        try:
            return dict(json.load(response))
        except ValueError as error:
            raise OSError(f"what answers is no Spark master: {error}") from error


def build_environment(java: Path, folders: StackFolders) -> dict[str, str]:
    """Build the environment of the daemons, which is that of the executors too."""
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "JAVA_HOME": str(java),
        "SPARK_HOME": str(locate_pyspark_jars().parent),
        # Spark's own scripts say so too; without it, a worker looks for a build of Spark.
        "SPARK_SCALA_VERSION": "2.13",
        # Alone, --host would leave the pages open to the network.
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folders.temporary),
        # An executor's own options are the driver's affair.
        "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={folders.temporary}",
    }


def _build_master(java: Path, folders: StackFolders, ports: list[int]) -> Daemon:
    name = "spark-master"
    port, page_port = ports
    return Daemon(
        name=name,
        command=[
            *_build_command(java, folders, name, MASTER, _MASTER_PROPERTIES),
            *_name_ports(ports),
        ],
        port=port,
        log=folders.logs / f"{name}.log",
        is_ready=lambda: _is_master_ready(page_port),
        environment=build_environment(java, folders),
    )


def _build_worker(
    java: Path, folders: StackFolders, name: str, ports: list[int], master: list[int]
) -> Daemon:
    port, _ = ports
    master_port, master_page_port = master
    return Daemon(
        name=name,
        command=[
            *_build_command(java, folders, name, WORKER, _WORKER_PROPERTIES),
            *_name_ports(ports),
            *WORKER_OPTIONS,
            *("--work-dir", str(folders.temporary / name)),
            f"spark://{HOST}:{master_port}",
        ],
        port=port,
        log=folders.logs / f"{name}.log",
        is_ready=lambda: _is_worker_ready(master_page_port, port),
        environment=build_environment(java, folders),
    )


def _is_master_ready(page_port: int) -> bool:
    try:
        return bool(read_master(page_port).get("status") == "ALIVE")
    except OSError:
        return False


def _is_worker_ready(master_page_port: int, port: int) -> bool:
    # A master counts a worker as alive for some time after it ended.
    if not accepts_connections(HOST, port):
        return False
    try:
        workers = read_master(master_page_port).get("workers", [])
    except OSError:
        return False
    return any(worker["port"] == port and worker["state"] == "ALIVE" for worker in workers)


def _name_ports(ports: list[int]) -> list[str]:
    port, page_port = ports
    return ["--host", HOST, "--port", str(port), "--webui-port", str(page_port)]


def _build_command(
    java: Path, folders: StackFolders, name: str, main_class: str, properties: Mapping[str, object]
) -> list[str]:
    options = (*JAVA_OPTIONS, *(f"-D{key}={value}" for key, value in properties.items()))
    class_path = [locate_pyspark_jars() / "*"]
    return build_java_command(java, folders.logs / f"{name}.log", options, class_path, main_class)
