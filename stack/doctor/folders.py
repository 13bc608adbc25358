"""Whether the folders that we need on HDFS are there and ours to use."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from access.hdfs.access import DataRoot, split_root
from stack.doctor.findings import Finding, Remedies
from stack.namenode import NameNode, NameNodeRefusal
from stack.ports import accepts_connections

LEAST_SHARE_LEFT = 0.1
NAMENODE_PORT = 8020
"""Where Hadoop looks for a NameNode whose address names no port."""


def check_data_root(
    namenode: NameNode, path: str, owner: str, remedies: Remedies
) -> Iterator[Finding]:
    """Check that the data root is there, that we may write in it, and what is left of its quota."""
    what = f"folder {path}"
    try:
        status = namenode.get_status(path)
        if status is None:
            yield Finding(what, "does not exist yet", remedies.folder)
            return
        detail = describe_folder(status)
        try:
            namenode.check_access(path, "rwx")
        except NameNodeRefusal as error:
            command = write_owner_command(path, owner)
            yield Finding(what, f"{detail}: {error}", f"ask those who run it for: {command}")
            return
        yield Finding(what, f"{detail}; we may write there")
        yield judge_quota(path, namenode.get_quota(path))
    except OSError as error:
        yield Finding(what, f"cannot be asked for ({error})", remedies.hdfs)


def describe_folder(status: Mapping[str, Any]) -> str:
    """Describe whose a folder is, and who else may use it."""
    return f"of {status['owner']}:{status['group']} with mode {status['permission']}"


def write_folder_command(path: str, owner: str) -> str:
    """Write the command that makes a folder for us alone."""
    return f"hdfs dfs -mkdir -p {path} && {write_owner_command(path, owner)}"


def write_owner_command(path: str, owner: str) -> str:
    """Write the command that makes a folder ours alone."""
    return f"hdfs dfs -chown {owner} {path} && hdfs dfs -chmod 750 {path}"


def judge_quota(path: str, usage: Mapping[str, Any]) -> Finding:
    """Judge what is left of a folder's quota: of space, replicas included, and of names."""
    space, space_left = usage["spaceQuota"], usage["spaceQuota"] - usage["spaceConsumed"]
    names, names_left = usage["quota"], usage["quota"] - usage["fileAndDirectoryCount"]
    parts = []
    if space >= 0:
        parts.append(f"{space_left / 1e9:,.1f} of {space / 1e9:,.1f} GB are left")
    if names >= 0:
        parts.append(f"{names_left:,} of {names:,} files and folders are left")
    is_short = (space >= 0 and space_left < LEAST_SHARE_LEFT * space) or (
        names >= 0 and names_left < LEAST_SHARE_LEFT * names
    )
    remedy = f"ask for more: hdfs dfsadmin -setSpaceQuota BYTES {path}, or -setQuota NAMES {path}"
    detail = ", ".join(parts) or "there is none on that folder"
    return Finding("quota", detail, remedy if is_short else "")


def check_address(root: DataRoot, hadoop_conf_dir: str | None, remedies: Remedies) -> Finding:
    """Check that the job, which speaks RPC, finds a NameNode by the address in the data root."""
    if not root.authority:
        root = split_root(read_property(hadoop_conf_dir, "core-site.xml", "fs.defaultFS"))
    if root.scheme != "hdfs" or not root.authority:
        remedy = (
            "name a NameNode or a name service in TWEETS_DATA_ROOT, or let HADOOP_CONF_DIR "
            "name the folder of a core-site.xml that tells fs.defaultFS"
        )
        detail = "is none: Hadoop takes that of fs.defaultFS, which names no HDFS here"
        return Finding("address", detail, remedy)
    what = f"address {root.authority}"
    if root.authority in read_name_services(hadoop_conf_dir):
        return Finding(what, f"is a name service in {hadoop_conf_dir}")
    named = re.fullmatch(r"(.*):(\d+)", root.authority)
    host, port = (named[1], int(named[2])) if named else (root.authority, NAMENODE_PORT)
    if accepts_connections(host.strip("[]"), port):
        return Finding(what, f"accepts connections at port {port}")
    if named:
        return Finding(what, "accepts no connections", remedies.address)
    remedy = (
        "ask for the client configuration of that HDFS, and let HADOOP_CONF_DIR name the folder of "
        "its hdfs-site.xml; or ask for the port of its NameNode"
    )
    detail = f"is no name service that is known here, and port {NAMENODE_PORT} is not reached"
    return Finding(what, detail, remedy)


def read_name_services(hadoop_conf_dir: str | None) -> list[str]:
    """Read the name services that a Hadoop configuration knows; none if it cannot be read."""
    named = read_property(hadoop_conf_dir, "hdfs-site.xml", "dfs.nameservices")
    return [name.strip() for name in named.split(",") if name.strip()]


def read_property(hadoop_conf_dir: str | None, file: str, name: str) -> str:
    """Read a property of a Hadoop configuration; empty if it cannot be read."""
    if not hadoop_conf_dir:
        return ""
    try:
        site = (Path(hadoop_conf_dir) / file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(rf"<name>\s*{re.escape(name)}\s*</name>\s*<value>([^<]*)</value>", site)
    return found[1].strip() if found else ""


def check_event_log(namenode: NameNode | None, event_log: str) -> Finding:
    """Check that the folder for a history server is there: Spark does not make it."""
    what = f"event log {event_log}"
    root = split_root(event_log)
    if root.is_local:
        folder = Path(root.path)
        if folder.is_dir() and os.access(folder, os.W_OK):
            return Finding(what, "is there, and we may write")
        return Finding(what, "is no folder that we may write", f"make it: mkdir -p {folder}")
    if root.scheme != "hdfs" or namenode is None:
        return Finding(what, "cannot be looked at from here")
    remedy = f"ask for: hdfs dfs -mkdir -p {root.path} && hdfs dfs -chmod 1777 {root.path}"
    try:
        if namenode.get_status(root.path) is None:
            return Finding(what, "does not exist", remedy)
        namenode.check_access(root.path, "-wx")
    except OSError as error:
        return Finding(what, f"may not be written by us ({error})", remedy)
    return Finding(what, "is there, and we may write")
