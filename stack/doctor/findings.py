"""What a check found, and what to do about a service that fails it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_UP = "`python -m stack up`"
_REACHED = "whether it runs and lets this machine in"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; a remedy only where it failed."""

    what: str
    detail: str
    remedy: str = ""

    @classmethod
    def quote(cls, what: str, error: object) -> "Finding":
        """Take the sentence of a failure apart: what is wrong, and behind a colon what to do."""
        detail, _, remedy = str(error).rpartition(": ")
        return cls(what, detail, remedy.rstrip("."))


@dataclass(frozen=True, slots=True)
class Remedies:
    """What to do about services by who runs them; empty where there is nothing to be done."""

    broker: str
    cluster: str
    topic: str
    replicas: str
    namenode: str
    webhdfs: str
    address: str
    state: str
    safe_mode: str
    datanodes: str
    dead_datanodes: str
    redirect: str
    hdfs: str
    folder: str


OURS = Remedies(
    broker=f"start it: {_UP}, or correct TWEETS_BOOTSTRAP_SERVERS",
    cluster="look into the logs of the brokers",
    topic=f"create it: {_UP} does",
    replicas=f"start the missing broker: {_UP}",
    namenode=f"start it: {_UP}, or correct TWEETS_WEBHDFS_URL",
    webhdfs="stop what else listens there, or correct TWEETS_WEBHDFS_URL",
    address=f"start it: {_UP}, or correct TWEETS_DATA_ROOT",
    state="look into the log of the NameNode",
    safe_mode="wait until its DataNodes have reported, or start them",
    datanodes=f"start the missing DataNodes: {_UP}",
    dead_datanodes=f"start the missing DataNodes: {_UP}",
    redirect=f"start it: {_UP}, or set its dfs.datanode.hostname to a name that clients reach",
    hdfs="look into the log of the NameNode, or correct TWEETS_HDFS_USER",
    # The job makes it.
    folder="",
)
OTHERS = Remedies(
    broker=f"ask those who run it {_REACHED}, or correct TWEETS_BOOTSTRAP_SERVERS",
    cluster="ask those who run it whether its brokers reach each other",
    topic="`python -m stack prepare` creates it, or says what to ask for",
    replicas="ask those who run it about the broker that is missing",
    namenode=f"ask those who run it {_REACHED}, or correct TWEETS_WEBHDFS_URL",
    webhdfs="ask for the WebHDFS address of each NameNode and set TWEETS_WEBHDFS_URL to them",
    address="ask whether a firewall is between, or correct TWEETS_DATA_ROOT",
    # Some close it, and the rest is told all the same.
    state="",
    safe_mode="ask those who run it when it will be over",
    datanodes="ask those who run it about their DataNodes",
    # Of many, some always are.
    dead_datanodes="",
    redirect=(
        "ask for a dfs.datanode.hostname that this machine reaches, or give that name the right "
        "address here (DNS, /etc/hosts)"
    ),
    hdfs="ask those who run HDFS",
    folder="`python -m stack prepare` makes it, or says what to ask for",
)


def print_findings(findings: Iterable[Finding], say: Callable[[str], None] = print) -> bool:
    """Print each finding as it comes; say whether all is well."""
    well = True
    for finding in findings:
        well = well and not finding.remedy
        mark = "FAIL" if finding.remedy else "ok"
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        say(f"{mark:<5}{finding.what:<22} {finding.detail}{remedy}")
    return well
