"""HDFS: the NameNode and DataNodes, their folders, configuration and commands."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from stack.errors import StackError
from stack.jars import locate_group, locate_pyspark_jars
from stack.namenode import NameNode
from stack.ports import DATANODES, HOST, Ports, accepts_connections
from stack.process import Daemon, build_java_command, run_once
from stack.state import StackFolders

# The quick compiler alone halves what four starts cost; the DataNodes mostly wait for disks.
JAVA_OPTIONS = ("-Xmx256m", "-XX:TieredStopAtLevel=1")
POLL_TIMEOUT_SECONDS = 3
NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode"
# What the one jar of Hadoop's daemons expects beside it, all of it in pyspark.
_PYSPARK_JARS = (
    "hadoop-client-api-*.jar",
    "hadoop-client-runtime-*.jar",
    "slf4j-api-*.jar",
    "log4j-*.jar",
    "jcl-over-slf4j-*.jar",
    "jsr305-*.jar",
    "snappy-java-*.jar",
)
_CLIENT = {
    "dfs.replication": DATANODES,
    "dfs.blocksize": 16 << 20,
    # With three DataNodes there is no fourth to replace a failed one: go on with two.
    "dfs.client.block.write.replace-datanode-on-failure.policy": "NEVER",
}


def is_formatted(folders: StackFolders) -> bool:
    """Say whether the NameNode has its folder; raise `StackError` if that is not whole."""
    if not folders.hdfs.exists():
        return False
    if not (folders.hdfs / "namenode" / "current" / "VERSION").is_file():
        raise StackError(
            f"{folders.hdfs / 'namenode'} is no whole folder of a NameNode, its current/VERSION is "
            f"missing: put it back, or delete {folders.hdfs} to start anew without the stored data."
        )
    return True


def format_namenode(java: Path, folders: StackFolders, ports: Ports) -> None:
    """Make the folder of the NameNode in one step."""
    fresh = folders.hdfs.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    site = build_namenode_site(ports, fresh / "namenode")
    command = build_hadoop_command(java, folders, "namenode", NAMENODE, site)
    run_once([*command, "-format", "-nonInteractive"], "Formatting the NameNode")
    fresh.replace(folders.hdfs)


def build_namenode(java: Path, folders: StackFolders, ports: Ports) -> Daemon:
    """Write the NameNode's configuration and say how to run it."""
    site = build_namenode_site(ports, folders.hdfs / "namenode")
    return Daemon(
        name="namenode",
        command=build_hadoop_command(java, folders, "namenode", NAMENODE, site),
        port=ports.namenode,
        log=folders.logs / "namenode.log",
        is_ready=_open_namenode(ports).is_operational,
    )


def build_datanode(java: Path, folders: StackFolders, ports: Ports, number: int) -> Daemon:
    """Write a DataNode's configuration and say how to run it."""
    data, ipc, http = ports.datanodes[number - 1]
    namenode = _open_namenode(ports)
    name = f"datanode-{number}"
    site = {
        **_CLIENT,
        "dfs.namenode.rpc-address": f"{HOST}:{ports.namenode}",
        "dfs.datanode.data.dir": (folders.hdfs / name).as_uri(),
        "dfs.datanode.hostname": HOST,
        "dfs.datanode.address": f"{HOST}:{data}",
        "dfs.datanode.ipc.address": f"{HOST}:{ipc}",
        "dfs.datanode.http.address": f"{HOST}:{http}",
        "dfs.heartbeat.interval": 1,
    }
    return Daemon(
        name=name,
        command=build_hadoop_command(java, folders, name, DATANODE, site),
        port=data,
        log=folders.logs / f"{name}.log",
        is_ready=lambda: _is_serving(namenode, data),
    )


def build_namenode_site(ports: Ports, folder: Path) -> dict[str, object]:
    """Build the configuration of the NameNode with its names in a folder."""
    return {
        **_CLIENT,
        "dfs.namenode.name.dir": folder.as_uri(),
        "dfs.namenode.rpc-address": f"{HOST}:{ports.namenode}",
        "dfs.namenode.http-address": f"{HOST}:{ports.webhdfs}",
        "dfs.namenode.datanode.registration.ip-hostname-check": "false",
        "dfs.namenode.safemode.min.datanodes": DATANODES,
        "dfs.namenode.safemode.extension": 0,
        # A DataNode that ended counts as dead after 30 s, not after ten minutes.
        "dfs.heartbeat.interval": 1,
        "dfs.namenode.heartbeat.recheck-interval": 10_000,
        # No secondary NameNode: a start merges the edits into a new image from this many on.
        "dfs.namenode.checkpoint.txns": 100_000,
    }


def write_client_configuration(folder: Path) -> None:
    """Write what clients of this HDFS must know, as a folder for HADOOP_CONF_DIR."""
    write_site(folder / "hdfs-site.xml", _CLIENT)
    write_site(folder / "core-site.xml", {})


def _open_namenode(ports: Ports) -> NameNode:
    return NameNode(f"http://{HOST}:{ports.webhdfs}", timeout_seconds=POLL_TIMEOUT_SECONDS)


def _is_serving(namenode: NameNode, data_port: int) -> bool:
    # The NameNode counts a DataNode as live for some time after it ended.
    if not accepts_connections(HOST, data_port):
        return False
    try:
        live = namenode.list_live().values()
    except OSError:
        return False
    return any(node["xferaddr"] == f"{HOST}:{data_port}" for node in live)


def build_hadoop_command(
    java: Path, folders: StackFolders, name: str, main_class: str, site: Mapping[str, object]
) -> list[str]:
    """Write the configuration of a program of Hadoop, and the command that runs it."""
    configuration = folders.configuration / name
    write_site(configuration / "hdfs-site.xml", site)
    write_site(configuration / "core-site.xml", {})
    pyspark_jars = locate_pyspark_jars()
    [hadoop_jar] = locate_group("hadoop")
    class_path = [configuration, _unpack_pages(folders, hadoop_jar), hadoop_jar]
    for pattern in _PYSPARK_JARS:
        class_path += sorted(pyspark_jars.glob(pattern))
    options = (*JAVA_OPTIONS, f"-Djava.io.tmpdir={folders.temporary}")
    return build_java_command(java, folders.logs / f"{name}.log", options, class_path, main_class)


def _unpack_pages(folders: StackFolders, hadoop_jar: Path) -> Path:
    # Found in the jar, each daemon would search all of it for pages, for seconds, at each start.
    pages = folders.configuration / f"pages-{hadoop_jar.stem}"
    if not pages.exists():
        fresh = pages.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        with ZipFile(hadoop_jar) as jar:
            jar.extractall(fresh, [name for name in jar.namelist() if name.startswith("webapps/")])
        fresh.replace(pages)
    return pages


def write_site(path: Path, properties: Mapping[str, object]) -> None:
    """Write a configuration in Hadoop's form."""
    root = ElementTree.Element("configuration")
    for name, value in properties.items():
        entry = ElementTree.SubElement(root, "property")
        ElementTree.SubElement(entry, "name").text = name
        ElementTree.SubElement(entry, "value").text = str(value)
    ElementTree.indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
