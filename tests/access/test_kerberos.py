"""What is asked of the Kerberos libraries, which stand-ins take the place of here."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from access.hdfs.access import HdfsAccess, HdfsAccessError, open_session
from access.hdfs.kerberos import TICKETS, KerberosError, build_auth, obtain_ticket, read_reason

PRINCIPAL = "tweets@EXAMPLE.ORG"


class NoTicketError(Exception):
    """As GSSAPI says why there is none."""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KRB5_CLIENT_KTNAME", "KRB5CCNAME"):
        monkeypatch.setenv(name, "of somebody else")


@pytest.fixture
def keytab(tmp_path: Path) -> Path:
    file = tmp_path / "tweets.keytab"
    file.touch(0o600)
    return file


def replace_requests_kerberos(monkeypatch: pytest.MonkeyPatch) -> None:
    def remember(**options: Any) -> SimpleNamespace:
        return SimpleNamespace(**options)

    stub = SimpleNamespace(HTTPKerberosAuth=remember, OPTIONAL=2)
    monkeypatch.setitem(sys.modules, "requests_kerberos", stub)


def replace_gssapi(monkeypatch: pytest.MonkeyPatch, failure: str = "") -> None:
    def take_credentials(name: str, usage: str) -> SimpleNamespace:
        if failure:
            raise NoTicketError(f"Major (458752): No credentials, Minor (25): {failure}")
        return SimpleNamespace(lifetime=3600)

    stub = SimpleNamespace(
        Name=lambda principal, kind: principal,
        NameType=SimpleNamespace(kerberos_principal="principal"),
        Credentials=take_credentials,
        exceptions=SimpleNamespace(GSSError=NoTicketError),
    )
    monkeypatch.setitem(sys.modules, "gssapi", stub)


def test_tickets_come_from_the_keytab_and_touch_nobody_elses(
    monkeypatch: pytest.MonkeyPatch, keytab: Path
) -> None:
    replace_requests_kerberos(monkeypatch)
    session = open_session(HdfsAccess(("http://nn:9870",), principal=PRINCIPAL, keytab=keytab))
    assert session.auth.principal == PRINCIPAL  # type: ignore[union-attr]
    assert "user.name" not in session.params
    assert os.environ["KRB5_CLIENT_KTNAME"] == str(keytab)
    assert os.environ["KRB5CCNAME"] == TICKETS


def test_a_ticket_is_told_by_how_long_it_holds(
    monkeypatch: pytest.MonkeyPatch, keytab: Path
) -> None:
    replace_gssapi(monkeypatch)
    assert obtain_ticket(PRINCIPAL, keytab) == 3600


def test_why_there_is_no_ticket_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, keytab: Path
) -> None:
    replace_gssapi(monkeypatch, failure="Cannot contact any KDC for realm 'EXAMPLE.ORG'")
    with pytest.raises(KerberosError, match=r"no ticket \(Cannot contact any KDC .*klist -kt"):
        obtain_ticket(PRINCIPAL, keytab)


def test_the_reason_is_read_from_what_libraries_say() -> None:
    said = "ctx init failed: SpnegoError (7): Major (4): No, Minor (2): No such key, Context: Get"
    assert read_reason(Exception(said)) == "No such key"
    assert not read_reason(ConnectionError("refused"))


def test_a_principal_without_its_keys_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(KerberosError, match="TWEETS_KERBEROS_KEYTAB"):
        build_auth(PRINCIPAL, None)
    with pytest.raises(KerberosError, match=r"cannot be read .*No such file"):
        build_auth(PRINCIPAL, tmp_path / "missing")


def test_keys_that_others_may_read_are_refused(keytab: Path) -> None:
    keytab.chmod(0o644)
    with pytest.raises(KerberosError, match="chmod 600"):
        build_auth(PRINCIPAL, keytab)


@pytest.mark.parametrize("package", ["requests_kerberos", "gssapi"])
def test_a_missing_package_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, keytab: Path, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    ask = build_auth if package == "requests_kerberos" else obtain_ticket
    with pytest.raises(KerberosError, match=r"pip install 'hdfs\[kerberos\]"):
        ask(PRINCIPAL, keytab)


def test_readers_are_told_the_same(keytab: Path) -> None:
    keytab.chmod(0o644)
    with pytest.raises(HdfsAccessError, match="chmod 600"):
        open_session(HdfsAccess(("http://nn:9870",), principal=PRINCIPAL, keytab=keytab))


def test_the_name_that_folders_are_ours_by_is_the_first_part_of_the_principal() -> None:
    urls = ("http://nn:9870",)
    assert HdfsAccess(urls, principal=PRINCIPAL).name == "tweets"
    assert HdfsAccess(urls, principal="tweets/job.example.org@EXAMPLE.ORG").name == "tweets"


def test_keys_of_nobody_are_refused(keytab: Path) -> None:
    with pytest.raises(HdfsAccessError, match="TWEETS_KERBEROS_PRINCIPAL"):
        open_session(HdfsAccess(("http://nn:9870",), keytab=keytab))
