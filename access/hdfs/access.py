"""How HDFS is reached over WebHDFS: where its NameNodes are, and as whom they know us."""

import getpass
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import requests

from access.hdfs.kerberos import KerberosError, build_auth, check_pair
from settings import Settings


class HdfsAccessError(Exception):
    """HDFS cannot be spoken to as the settings want it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class HdfsAccess:
    """The WebHDFS address of each NameNode, at least one, and who we are.

    With a principal that is Kerberos, else `user`, or our account's name without one.
    """

    urls: tuple[str, ...]
    user: str | None = None
    principal: str | None = None
    keytab: Path | None = None

    @classmethod
    def read(cls, settings: Settings) -> "HdfsAccess":
        """Read it from the settings."""
        named = (url.strip().rstrip("/") for url in settings.webhdfs_url.split(","))
        return cls(
            tuple(dict.fromkeys(url for url in named if url)) or (settings.webhdfs_url,),
            settings.hdfs_user,
            settings.kerberos_principal,
            settings.kerberos_keytab,
        )

    @property
    def name(self) -> str:
        """The name by which folders are ours, as HDFS derives it from a principal by default."""
        if self.principal:
            return re.split("[/@]", self.principal)[0]
        return self.user or _name_account()


class DataRoot(NamedTuple):
    """The parts of a data root; `scheme` is empty for a bare path."""

    scheme: str
    authority: str
    path: str

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return self.scheme in ("", "file")


def split_root(data_root: str) -> DataRoot:
    """Split a data root; as in Hadoop, `#`, `?` and `%` in its path stand for themselves."""
    parts = re.fullmatch(r"(?:([A-Za-z][\w+.-]*):)?(?://([^/]*))?(.*)", data_root, re.DOTALL)
    assert parts
    return DataRoot(parts[1] or "", parts[2] or "", parts[3])


def open_session(access: HdfsAccess) -> requests.Session:
    """Open a session whose requests NameNodes take as ours; one for each NameNode.

    Raises `HdfsAccessError` if what it takes to prove who we are is not there.
    """
    session = requests.Session()
    # A proxy for the internet does not lead to HDFS, least of all to loopback.
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    try:
        check_pair(access.principal, access.keytab)
        if access.principal:
            session.auth = build_auth(access.principal, access.keytab)
        else:
            session.params = {"user.name": access.name}
    except KerberosError as error:
        raise HdfsAccessError(str(error)) from None
    return session


def _name_account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise HdfsAccessError(
            f"The account of number {os.getuid()} has no name: set TWEETS_HDFS_USER to the name "
            "that HDFS shall know us by."
        ) from None
