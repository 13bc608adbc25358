"""How we prove to others by Kerberos who we are: by tickets that a keytab gets and renews."""

import importlib
import logging
import os
import re
from pathlib import Path
from typing import Any

from access.secret_files import SecretFileError, read_secret_file

TICKETS = "MEMORY:tweets"
_REASON = re.compile(r"Minor \(\d+\): (.+?)(?:, Context|$)", re.MULTILINE)


class KerberosError(Exception):
    """We cannot prove who we are; the message says what to do."""


def build_auth(principal: str, keytab: Path | None) -> Any:
    """Build what lets a session of requests answer those who ask for Kerberos.

    From then on this process gets its tickets from the keytab. Raises `KerberosError` if that or
    the package is missing.
    """
    _use_keytab(principal, keytab)
    kerberos = _import("requests_kerberos")
    # It tells each failure with a traceback, and we in the words of those who asked.
    logging.getLogger("requests_kerberos").setLevel(logging.CRITICAL)
    return kerberos.HTTPKerberosAuth(
        principal=principal, mutual_authentication=kerberos.OPTIONAL, force_preemptive=True
    )


def obtain_ticket(principal: str, keytab: Path | None) -> int:
    """Get a ticket, and tell for how many seconds it holds; `KerberosError` if there is none."""
    _use_keytab(principal, keytab)
    gssapi = _import("gssapi")
    name = gssapi.Name(principal, gssapi.NameType.kerberos_principal)
    try:
        return int(gssapi.Credentials(name=name, usage="initiate").lifetime)
    except gssapi.exceptions.GSSError as error:
        raise KerberosError(
            f"{principal} gets no ticket ({read_reason(error)}): look with `klist -kt {keytab}` "
            "whether these are its keys, and ask for the krb5.conf of that realm and whether its "
            "KDC lets this machine in."
        ) from None


def read_reason(error: Exception) -> str:
    """Read from a failure why Kerberos could not prove who we are; empty if it was not that."""
    reason = _REASON.search(str(error))
    return reason[1] if reason else ""


def check_pair(principal: str | None, keytab: Path | None) -> None:
    """Raise `KerberosError` for a principal without its keys, or keys of nobody."""
    if keytab and not principal:
        raise KerberosError(
            f"TWEETS_KERBEROS_KEYTAB is {keytab}, but whose keys these are is not said: name them "
            "with TWEETS_KERBEROS_PRINCIPAL, or unset TWEETS_KERBEROS_KEYTAB."
        )
    if principal and not keytab:
        raise KerberosError(
            f"TWEETS_KERBEROS_PRINCIPAL is {principal}, but there is no key for it: name the file "
            "of its keys with TWEETS_KERBEROS_KEYTAB."
        )


def check_keytab(keytab: Path) -> None:
    """Raise `KerberosError` for a keytab that cannot be read, or that others may read."""
    try:
        read_secret_file(keytab, "keytab", "TWEETS_KERBEROS_KEYTAB")
    except SecretFileError as error:
        raise KerberosError(str(error)) from None


def _use_keytab(principal: str, keytab: Path | None) -> None:
    check_pair(principal, keytab)
    assert keytab
    check_keytab(keytab)
    # MIT Kerberos gets tickets from this keytab when none is valid, and renews them in time. They
    # are kept apart from those that somebody got by hand for another principal.
    os.environ["KRB5_CLIENT_KTNAME"] = str(keytab.absolute())
    os.environ["KRB5CCNAME"] = TICKETS


def _import(package: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise KerberosError(
            "Kerberos needs a package that is not installed: pip install 'hdfs[kerberos]>=2.7', "
            "which compiles against the headers of MIT Kerberos; docs/hdfs-access.md tells more."
        ) from None
