from pathlib import Path

import pytest
from pydantic import SecretStr

from producer.sources.live import SourceError
from producer.sources.x.token import read_token


def write_token(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_token_comes_from_the_environment_before_a_file(tmp_path: Path) -> None:
    token = SecretStr(" AAAA%2Bsecret\n")
    assert read_token(token, tmp_path / "missing") == "AAAA%2Bsecret"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_token_comes_from_a_file_that_nobody_else_may_read(mode: int, tmp_path: Path) -> None:
    assert read_token(None, write_token(tmp_path / "token", b"secret\r\n", mode)) == "secret"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_a_file_that_is_open_to_others_is_refused(mode: int, tmp_path: Path) -> None:
    path = write_token(tmp_path / "token", b"secret", mode)
    with pytest.raises(SourceError, match=f"mode {mode:o}.*chmod 600 {path}") as raised:
        read_token(None, path)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"missing cannot be read .*TWEETS_X_BEARER_TOKEN_FILE"):
        read_token(None, tmp_path / "missing")


def test_without_a_token_it_says_how_to_give_one() -> None:
    with pytest.raises(SourceError, match=r"TWEETS_X_BEARER_TOKEN_FILE; docs/sources\.md"):
        read_token(None, None)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"Bearer secret", b"one\ntwo", b"\xffsecret", b"s" * 5000, b"a\x00b"]
)
def test_what_is_no_token_is_refused_and_not_shown(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no bearer token") as raised:
        read_token(None, write_token(tmp_path / "token", content))
    assert "secret" not in str(raised.value)
