"""Whether the NameNodes talk to us, and what they tell of themselves."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from access.hdfs.access import HdfsAccess, HdfsAccessError
from access.hdfs.kerberos import KerberosError, obtain_ticket, read_reason
from stack.doctor.findings import Finding, Remedies
from stack.namenode import NameNode
from stack.ports import accepts_connections

# Named at random: so many times, that of three DataNodes one is left out once in millions of runs.
REDIRECTS = 40
CLOCK_SECONDS = 5
_STATES = {
    "StandbyException": ("is on standby", ""),
    "RetriableException": ("is starting", "wait until it serves"),
}


def find_active(
    access: HdfsAccess, remedies: Remedies
) -> Generator[Finding, None, NameNode | None]:
    """Get a ticket where Kerberos is to be used, ask each NameNode how it is, and open the active.

    Returns it, or None if none serves us.
    """
    if access.principal:
        ticket = check_ticket(access.principal, access.keytab)
        yield ticket
        if ticket.remedy:
            return None
    active = None
    for url in access.urls:
        try:
            namenode = NameNode(url, access)
            namenode.get_status("/")
        except HdfsAccessError as error:
            yield Finding.quote("HDFS", error)
            return None
        except OSError as error:
            yield judge_refusal(f"NameNode {url}", error, access, remedies)
        else:
            yield Finding(f"NameNode {url}", "is active")
            active = active or namenode
    if active is None:
        yield Finding("HDFS", "no NameNode serves us", "see the NameNodes above")
    return active


def judge_refusal(what: str, error: OSError, access: HdfsAccess, remedies: Remedies) -> Finding:
    """Say why a NameNode does not serve us, and whether that has to be so."""
    kind = getattr(error, "kind", "")
    if kind in _STATES:
        return Finding(what, *_STATES[kind])
    reason = read_reason(error)
    if reason or kind in ("HTTP 401", "AuthenticationException"):
        return _judge_credentials(what, access, reason)
    if kind:
        return Finding(what, f"answers, but not as WebHDFS does ({error})", remedies.webhdfs)
    if isinstance(error, requests.exceptions.SSLError):
        remedy = "name the file of the authorities that signed it with REQUESTS_CA_BUNDLE"
        return Finding(what, "shows a certificate that is not trusted", remedy)
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        return Finding(what, "does not answer", remedies.namenode)
    return Finding(what, f"cannot be asked ({error})", remedies.webhdfs)


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


def check_active(namenode: NameNode, path: str, remedies: Remedies) -> Iterator[Finding]:
    """Check what only the active NameNode knows: safe mode, the ways to DataNodes, its clock."""
    try:
        state = namenode.read_state()
    except OSError:
        detail = "is not shown to us, /jmx is closed: writing will tell"
        yield Finding("safe mode", detail, remedies.state)
    else:
        yield judge_state(state, remedies)
    yield from check_datanodes(namenode, path, remedies)
    yield judge_clock(namenode.answered_at, datetime.now(UTC))


def judge_state(state: Mapping[str, Any], remedies: Remedies) -> Finding:
    """Judge an HDFS by its state: out of safe mode, and with DataNodes."""
    live, dead = state.get("NumLiveDataNodes", 0), state.get("NumDeadDataNodes", 0)
    detail = f"{state.get('FSState')}, {live} DataNodes live, {dead} dead"
    if state.get("FSState") != "Operational":
        return Finding("safe mode", detail, remedies.safe_mode)
    if not live:
        return Finding("safe mode", detail, remedies.datanodes)
    return Finding("safe mode", f"is over: {detail}", remedies.dead_datanodes if dead else "")


def check_datanodes(namenode: NameNode, path: str, remedies: Remedies) -> Iterator[Finding]:
    """Check that we reach the DataNodes that WebHDFS sends its clients to."""
    named: set[str] = set()
    with suppress(OSError):
        for _ in range(REDIRECTS):
            named.add(namenode.name_datanode(path))
    missed = sorted(address for address in named if not _accepts(address))
    for address in missed:
        detail = "is where we are sent to, but not reached"
        yield Finding(f"DataNode {address}", detail, remedies.redirect)
    if not named:
        yield Finding("DataNodes", "are not named to us", remedies.datanodes)
    elif not missed:
        yield Finding("DataNodes", f"{len(named)} to which we were sent are reached")


def judge_clock(there: datetime | None, here: datetime) -> Finding:
    """Judge our clock by that of the NameNode, to a few seconds."""
    if there is None:
        return Finding("clock", "the NameNode does not tell its time", "look at its HTTP page")
    apart = abs((there - here).total_seconds())
    if apart > CLOCK_SECONDS:
        remedy = "set both clocks by NTP, or tweets are rejected for their time"
        return Finding("clock", f"{apart:.0f} s apart from the NameNode's", remedy)
    return Finding("clock", f"within {CLOCK_SECONDS} s of the NameNode's")


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return accepts_connections(host.strip("[]"), int(port))
