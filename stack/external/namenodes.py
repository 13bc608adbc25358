"""Whether the NameNodes of others talk to us, and what they tell of themselves."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from access.hdfs.access import HdfsAccess, HdfsAccessError, open_session
from access.hdfs.kerberos import KerberosError, obtain_ticket, read_reason
from stack.machine_checks import Finding
from stack.ports import accepts_connections
from stack.service_checks import judge_clock
from stack.webhdfs import WebHdfs, WebHdfsError

ADDRESS = "ask for the WebHDFS address of each NameNode and set TWEETS_WEBHDFS_URL to them"
# Named at random: so many times, that of three DataNodes one is left out once in 300 runs.
REDIRECTS = 16
_STATES = {
    "StandbyException": ("is on standby", ""),
    "RetriableException": ("is starting", "wait until it serves"),
}


class NameNodeSearch:
    """Asks each NameNode how it is; `active` is the one that serves, known once all are asked."""

    def __init__(self, access: HdfsAccess) -> None:
        self._access = access
        self.active: WebHdfs | None = None

    def run(self) -> Iterator[Finding]:
        """Get a ticket where Kerberos is to be used, then ask each, and say how it is."""
        if self._access.principal:
            ticket = check_ticket(self._access.principal, self._access.keytab)
            yield ticket
            if ticket.remedy:
                return
        for url in self._access.urls:
            try:
                namenode = WebHdfs(url, open_session(self._access))
                namenode.get_status("/")
            except HdfsAccessError as error:
                yield Finding.quote("HDFS", error)
                return
            except (WebHdfsError, requests.RequestException) as error:
                yield judge_refusal(f"NameNode {url}", error, self._access)
            else:
                self.active = self.active or namenode
                yield Finding(f"NameNode {url}", "is active")
        if self.active is None:
            yield Finding("HDFS", "no NameNode serves us", "see the NameNodes above")


def judge_refusal(what: str, error: Exception, access: HdfsAccess) -> Finding:
    """Say why a NameNode does not serve us, and whether that has to be so."""
    kind = getattr(error, "kind", "")
    if kind in _STATES:
        return Finding(what, *_STATES[kind])
    reason = read_reason(error)
    if reason or kind in ("HTTP 401", "AuthenticationException"):
        return _judge_credentials(what, access, reason)
    if kind:
        return Finding(what, f"answers, but not as WebHDFS does ({error})", ADDRESS)
    if isinstance(error, requests.exceptions.SSLError):
        remedy = "name the file of the authorities that signed it with REQUESTS_CA_BUNDLE"
        return Finding(what, "shows a certificate that is not trusted", remedy)
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        remedy = f"ask those who run it whether it runs and lets this machine in, or {ADDRESS}"
        return Finding(what, "does not answer", remedy)
    return Finding(what, f"cannot be asked ({error})", ADDRESS)


def _judge_credentials(what: str, access: HdfsAccess, reason: str) -> Finding:
    if access.principal is None:
        remedy = (
            "ask for a principal and a keytab, and set TWEETS_KERBEROS_PRINCIPAL and "
            "TWEETS_KERBEROS_KEYTAB"
        )
        return Finding(what, "wants to know us by Kerberos", remedy)
    remedy = (
        "ask whether it has a key for HTTP/ and the very host name of that address, and whether "
        "the principal is known there"
    )
    because = f" ({reason})" if reason else ""
    return Finding(what, f"does not accept {access.principal}{because}", remedy)


def check_ticket(principal: str, keytab: Path | None) -> Finding:
    """Check that Kerberos gives us a ticket."""
    try:
        seconds = obtain_ticket(principal, keytab)
    except KerberosError as error:
        return Finding.quote("Kerberos", error)
    return Finding("Kerberos", f"{principal} has a ticket for {seconds // 60} minutes")


def check_active(namenode: WebHdfs, path: str) -> Iterator[Finding]:
    """Check what only the active NameNode knows: safe mode, the ways to DataNodes, its clock."""
    try:
        bean = namenode.read_bean("FSNamesystemState")
    except (WebHdfsError, requests.RequestException):
        yield Finding("safe mode", "is not shown to us, /jmx is closed: writing will tell")
    else:
        yield judge_state(bean)
    yield from check_datanodes(namenode, path)
    yield judge_clock(namenode.answered_at, datetime.now(UTC))


def judge_state(bean: Mapping[str, Any]) -> Finding:
    """Judge an HDFS by its state: out of safe mode, and with DataNodes."""
    live, dead = bean.get("NumLiveDataNodes", 0), bean.get("NumDeadDataNodes", 0)
    detail = f"{bean.get('FSState')}, {live} DataNodes live, {dead} dead"
    if bean.get("FSState") != "Operational":
        return Finding("safe mode", detail, "ask those who run it when it will be over")
    if not live:
        return Finding("safe mode", detail, "ask those who run it about their DataNodes")
    return Finding("safe mode", f"is over: {detail}")


def check_datanodes(namenode: WebHdfs, path: str) -> Iterator[Finding]:
    """Check that we reach the DataNodes that WebHDFS sends its clients to."""
    named: set[str] = set()
    with suppress(WebHdfsError, requests.RequestException):
        for _ in range(REDIRECTS):
            named.add(namenode.name_datanode(path))
    missed = sorted(address for address in named if not _accepts(address))
    for address in missed:
        remedy = (
            "ask for a dfs.datanode.hostname that this machine reaches, or give that name the "
            "right address here (DNS, /etc/hosts)"
        )
        yield Finding(f"DataNode {address}", "is where we are sent to, but not reached", remedy)
    if not named:
        remedy = "ask those who run it whether a DataNode takes new files"
        yield Finding("DataNodes", "are not named to us", remedy)
    elif not missed:
        yield Finding("DataNodes", f"{len(named)} to which we were sent are reached")


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return accepts_connections(host.strip("[]"), int(port))
