"""Whether the folders that we need on an HDFS of others are there and ours to use."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

from models.hdfs_access import DataRoot, split_root
from stack.machine_checks import Finding
from stack.ports import accepts_connections
from stack.webhdfs import WebHdfs, WebHdfsError

LEAST_SHARE_LEFT = 0.1
_NAME_SERVICES = re.compile(r"<name>\s*dfs\.nameservices\s*</name>\s*<value>([^<]*)</value>")
PREPARE = "`python -m stack prepare` makes it, or says what to ask for"


def check_data_root(namenode: WebHdfs, path: str, owner: str) -> Iterator[Finding]:
    """Check that the data root is there, that we may write in it, and what is left of its quota."""
    what = f"folder {path}"
    try:
        status = namenode.get_status(path)
        if status is None:
            yield Finding(what, "does not exist", PREPARE)
            return
        detail = describe_folder(status)
        try:
            namenode.check_access(path, "rwx")
        except WebHdfsError as error:
            command = write_owner_command(path, owner)
            yield Finding(what, f"{detail}: {error}", f"ask those who run it for: {command}")
            return
        yield Finding(what, f"{detail}; we may write there")
        yield judge_quota(path, namenode.get_quota(path))
    except (WebHdfsError, requests.RequestException) as error:
        yield Finding(what, f"cannot be asked for ({error})", "ask those who run HDFS")


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


def check_address(root: DataRoot, hadoop_conf_dir: str | None) -> Finding:
    """Check that the job, which speaks RPC, finds a NameNode by the address in the data root."""
    what = f"address {root.authority}"
    host, _, port = root.authority.rpartition(":")
    if port.isdigit():
        if accepts_connections(host.strip("[]"), int(port)):
            return Finding(what, "accepts connections")
        remedy = "ask whether a firewall is between, or correct TWEETS_DATA_ROOT"
        return Finding(what, "accepts no connections", remedy)
    if root.authority in read_name_services(hadoop_conf_dir):
        return Finding(what, f"is a name service in {hadoop_conf_dir}")
    remedy = (
        "ask for the client configuration of that HDFS, and let HADOOP_CONF_DIR name the folder of "
        "its hdfs-site.xml"
    )
    return Finding(what, "is no name service that is known here", remedy)


def read_name_services(hadoop_conf_dir: str | None) -> list[str]:
    """Read the name services that a Hadoop configuration knows; none if it cannot be read."""
    if not hadoop_conf_dir:
        return []
    try:
        site = (Path(hadoop_conf_dir) / "hdfs-site.xml").read_text()
    except OSError:
        return []
    found = _NAME_SERVICES.search(site)
    return [name.strip() for name in found[1].split(",")] if found else []


def check_event_log(namenode: WebHdfs | None, event_log: str) -> Finding:
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
    except (WebHdfsError, requests.RequestException) as error:
        return Finding(what, f"may not be written by us ({error})", remedy)
    return Finding(what, "is there, and we may write")
