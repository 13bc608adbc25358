"""What can be checked by asking the services: brokers, topic, NameNode, DataNodes, clock."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from stack import namenode
from stack.machine_checks import Finding
from stack.namenode import LiveDataNode
from stack.ports import accepts_connections

UP = "`python -m stack up`"
CLOCK_SECONDS = 5


def check_kafka(bootstrap_servers: str, topic: str) -> Iterator[Finding]:
    """Check each broker's listener, as named by us and as it names itself, and the topic."""
    named = [server.strip() for server in bootstrap_servers.split(",")]
    answering = []
    for server in named:
        if _accepts(f"kafka://{server}"):
            answering.append(server)
            yield Finding(f"broker {server}", "accepts connections")
        else:
            remedy = f"start it: {UP}, or correct TWEETS_BOOTSTRAP_SERVERS"
            yield Finding(f"broker {server}", "accepts no connections", remedy)
    if not answering:
        yield Finding(f"topic {topic}", "cannot be seen without a broker", "see the brokers above")
        return
    try:
        with KafkaAdminClient(
            bootstrap_servers=answering, bootstrap_timeout_ms=5000, request_timeout_ms=5000
        ) as admin:
            brokers = admin.describe_cluster()["brokers"]
            [described] = admin.describe_topics([topic])
    except KafkaError as error:
        remedy = "something else may listen there: stop it, or look into that broker's log"
        yield Finding(f"broker {answering[0]}", f"does not speak Kafka ({error})", remedy)
        return
    for broker in brokers:
        advertised = f"{broker['host']}:{broker['port']}"
        if advertised not in named and not _accepts(f"kafka://{advertised}"):
            detail = "is what a broker calls itself, but it cannot be reached from here"
            remedy = "set advertised.listeners of that broker to an address that clients reach"
            yield Finding(f"listener {advertised}", detail, remedy)
    yield judge_topic(topic, described)


def judge_topic(topic: str, described: Mapping[str, Any]) -> Finding:
    """Judge a topic by its description: it must exist, with a leader and all replicas in sync."""
    what = f"topic {topic}"
    if trouble := describe_trouble(described):
        remedy = f"create it: {UP} does"
        if not described["error_code"]:
            remedy = f"start the missing broker: {UP}"
        return Finding(what, trouble, remedy)
    return Finding(what, f"{len(described['partitions'])} partitions, all replicas in sync")


def describe_trouble(described: Mapping[str, Any]) -> str:
    """Say in some words why a topic cannot be used as it should, or nothing."""
    if described["error_code"]:
        return "does not exist"
    partitions = described["partitions"]
    if any(partition["leader_id"] < 0 for partition in partitions):
        return "has partitions without a leader"
    if any(
        len(partition["isr_nodes"]) < len(partition["replica_nodes"]) for partition in partitions
    ):
        return "has replicas that are not in sync"
    return ""


def check_hdfs(data_root: str, webhdfs_url: str) -> Iterator[Finding]:
    """Check the NameNode, the way from it to each DataNode, and its clock against ours."""
    rpc = f"NameNode {urlsplit(data_root).netloc}"
    if _accepts(data_root):
        yield Finding(rpc, "accepts connections")
    else:
        remedy = f"start it: {UP}, or correct TWEETS_DATA_ROOT"
        yield Finding(rpc, "accepts no connections", remedy)
    http = f"NameNode {webhdfs_url}"
    try:
        answer = namenode.read_namesystem(webhdfs_url)
        live = namenode.list_live(webhdfs_url)
    except OSError as error:
        reason = getattr(error, "reason", error)
        remedy = f"start it: {UP}, or correct TWEETS_WEBHDFS_URL"
        yield Finding(http, f"does not answer ({reason})", remedy)
        yield Finding("clock", "cannot be compared without a NameNode", "see the NameNode above")
        return
    yield judge_namenode(http, answer.bean)
    for node in live:
        yield _check_redirect(node)
    yield judge_clock(answer.answered_at, datetime.now(UTC))


def judge_namenode(what: str, bean: Mapping[str, Any]) -> Finding:
    """Judge a NameNode by its state: out of safe mode, with DataNodes, none of them dead."""
    live, dead = bean.get("NumLiveDataNodes", 0), bean.get("NumDeadDataNodes", 0)
    detail = f"{bean.get('FSState')}, {live} DataNodes live, {dead} dead"
    if bean.get("FSState") != "Operational":
        return Finding(what, detail, "wait until its DataNodes have reported, or start them")
    if dead or not live:
        return Finding(what, detail, f"start the missing DataNodes: {UP}")
    return Finding(what, detail)


def judge_clock(there: datetime | None, here: datetime) -> Finding:
    """Judge our clock by that of the NameNode, to a few seconds."""
    if there is None:
        return Finding("clock", "the NameNode does not tell its time", "look at its HTTP page")
    apart = abs((there - here).total_seconds())
    if apart > CLOCK_SECONDS:
        remedy = "set both clocks by NTP, or tweets are rejected for their time"
        return Finding("clock", f"{apart:.0f} s apart from the NameNode's", remedy)
    return Finding("clock", f"within {CLOCK_SECONDS} s of the NameNode's")


def _check_redirect(node: LiveDataNode) -> Finding:
    what = f"DataNode {node.redirect_address}"
    if _accepts(f"http://{node.redirect_address}"):
        return Finding(what, "is reached where WebHDFS redirects to")
    detail = "is where WebHDFS redirects to, but it cannot be reached from here"
    remedy = f"start it: {UP}, or set its dfs.datanode.hostname to a name that clients reach"
    return Finding(what, detail, remedy)


def _accepts(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host and port) and accepts_connections(str(host), int(port or 0))
