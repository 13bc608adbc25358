"""Who we are to HDFS, and what is said when that cannot be proved."""

import getpass
from pathlib import Path

import pytest

from access.hdfs.access import HdfsAccess, HdfsAccessError, open_session
from settings import Settings

URL = "http://127.0.0.1:1"


def test_several_namenodes_are_named_with_commas() -> None:
    settings = Settings(webhdfs_url="http://nn1:9870/, http://nn2:9870,http://nn1:9870")
    assert HdfsAccess.read(settings).urls == ("http://nn1:9870", "http://nn2:9870")


def test_without_a_name_we_are_our_account() -> None:
    assert open_session(HdfsAccess((URL,))).params == {"user.name": getpass.getuser()}
    assert open_session(HdfsAccess((URL,), user="tweets")).params == {"user.name": "tweets"}


def test_an_account_without_a_name_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_no_name() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", find_no_name)
    with pytest.raises(HdfsAccessError, match="set TWEETS_HDFS_USER"):
        open_session(HdfsAccess((URL,)))


def test_the_authorities_of_others_are_trusted_if_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert open_session(HdfsAccess((URL,))).verify == str(tmp_path / "ca.pem")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert open_session(HdfsAccess((URL,))).verify is True
