"""HDFS of the compose file: its very files, read by Hadoop's own classes."""

import getpass
import os
import re
import socket
import subprocess
from contextlib import suppress

import hdfs
import pytest
from commands import find_free_port
from compose_file import DOCKER, read_services
from daemons import build_command, running_daemons, write_hosts

from stack.jars import locate_group, locate_pyspark_jars
from stack.namenode import NameNode
from stack.process import Daemon, stop_services

NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode"
USER = getpass.getuser()
DATANODES = ("datanode-1", "datanode-2", "datanode-3")
LIBRARIES = ("hadoop-client-*.jar", "slf4j-api-*.jar", "log4j-*.jar", "jcl-over-slf4j-*.jar")


@pytest.fixture
def folder(tmp_path):
    """The configuration as mounted, its fixed ports moved to free ones of loopback."""
    folder = tmp_path / "hdfs"
    moved = {"8020": find_free_port(), "9870": find_free_port()}
    (folder / "conf").mkdir(parents=True)
    for file in DOCKER.glob("hadoop/*-site.xml"):
        text = file.read_text().replace("0.0.0.0", "127.0.0.1")
        for port, free in moved.items():
            text = text.replace(f":{port}<", f":{free}<")
        (folder / "conf" / file.name).write_text(text)
    write_hosts(folder, ["namenode", *DATANODES])
    (folder / "webhdfs").write_text(f"http://127.0.0.1:{moved['9870']}")
    return folder


@pytest.fixture
def webhdfs_url(folder):
    return (folder / "webhdfs").read_text()


def build_daemon(folder, name, main_class, environment, is_ready):
    libraries = [jar for pattern in LIBRARIES for jar in locate_pyspark_jars().glob(pattern)]
    class_path = [folder / "conf", *locate_group("hadoop"), *libraries]
    command = build_command(folder, name, class_path, main_class)
    given = {**os.environ, **environment, "HDFS_DATA": str(folder / name)}
    return Daemon(name, command, 0, folder / f"{name}.log", is_ready, given)


@pytest.fixture
def cluster(folder, webhdfs_url):
    services = read_services()
    namenode = build_daemon(folder, "namenode", NAMENODE, {}, NameNode(webhdfs_url).is_operational)
    format_command = [*namenode.command, "-format", "-nonInteractive"]
    subprocess.run(format_command, env=namenode.environment, check=True, capture_output=True)
    daemons = [namenode]
    for name in DATANODES:
        environment = {
            key: str(find_free_port()) if key.endswith("_PORT") else value
            for key, value in services[name]["environment"].items()
            if key.startswith("DATANODE_")
        }

        def is_ready(name=name) -> bool:
            try:
                live = NameNode(webhdfs_url).list_live()
            except OSError:
                return False
            return any(address.startswith(f"{name}:") for address in live)

        daemons.append(build_daemon(folder, name, DATANODE, environment, is_ready))
    with running_daemons(daemons) as started:
        yield started


@pytest.fixture
def names_lead_here(monkeypatch):
    """What the line in /etc/hosts does that the documentation gives."""
    resolve = socket.getaddrinfo

    def resolve_here(host, *arguments, **options):
        return resolve("127.0.0.1" if host in DATANODES else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)


@pytest.mark.timeout(300)
def test_it_is_healthy_read_and_written_from_the_host_and_outlives_a_datanode(
    cluster, webhdfs_url, names_lead_here
):
    live = NameNode(webhdfs_url).list_live()
    assert len(live) == len(DATANODES)
    for address, node in live.items():
        assert_is_healthy(address.partition(":")[0], node["infoAddr"].rpartition(":")[2])
    # While all DataNodes live: the NameNode may name one that has just died.
    write_and_read_by_curl(f"{webhdfs_url}/webhdfs/v1/written.txt?user.name={USER}")

    client = hdfs.InsecureClient(webhdfs_url, user=USER, timeout=30)
    client.write("/all.txt", b"three copies", replication=3)
    assert client.status("/all.txt")["replication"] == 3
    stop_services([cluster["datanode-3"]], grace_seconds=0)
    try_often(lambda: client.write("/two.txt", b"two copies", overwrite=True))
    for path, content in (("/all.txt", b"three copies"), ("/two.txt", b"two copies")):
        assert try_often(lambda path=path: read_file(client, path)) == content


def assert_is_healthy(name: str, port: str) -> None:
    """Run the health check of a DataNode's container, on the port that the DataNode has here."""
    check = read_services()[name]["healthcheck"]["test"][1]
    subprocess.run(re.sub(r"127.0.0.1:\d+", f"127.0.0.1:{port}", check), shell=True, check=True)


def write_and_read_by_curl(address: str) -> None:
    """Write and read a file as docs/docker.md does, without knowing the names of DataNodes."""
    curl = ["curl", "-sfL", "--connect-to", "::127.0.0.1:"]
    write = [*curl, "-X", "PUT", "-d", "by curl", "-H", "Content-Type: application/octet-stream"]
    subprocess.run([*write, f"{address}&op=CREATE"], check=True)
    read = subprocess.run([*curl, f"{address}&op=OPEN"], check=True, capture_output=True)
    assert read.stdout == b"by curl"


def read_file(client: hdfs.Client, path: str) -> bytes:
    with client.read(path) as reader:
        return bytes(reader.read())


def try_often(attempt):
    """Try as our readers do: the NameNode may name the DataNode that has just died."""
    for _ in range(20):
        with suppress(OSError):
            return attempt()
    raise AssertionError("only the dead DataNode was named")


@pytest.mark.parametrize("is_formatted", [False, True])
def test_the_namenode_is_formatted_only_where_there_is_none(tmp_path, is_formatted):
    said = tmp_path / "said"
    (tmp_path / "hdfs").write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    (tmp_path / "hdfs").chmod(0o755)
    if is_formatted:
        current = tmp_path / "namenode" / "current"
        current.mkdir(parents=True)
        (current / "VERSION").touch()
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HDFS_DATA": str(tmp_path)}
    subprocess.run(["bash", DOCKER / "hadoop/namenode.sh"], env=environment, check=True)
    formatting = [] if is_formatted else ["namenode -format -nonInteractive"]
    assert said.read_text().splitlines() == [*formatting, "namenode"]
