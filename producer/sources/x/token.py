"""The bearer token, and whether it is kept as a secret should be."""

import os
import stat
from pathlib import Path

from pydantic import SecretStr

from producer.sources.live import SourceError

_LONGEST_TOKEN = 4096
_FORBIDDEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_token(token: SecretStr | None, file: Path | None) -> str:
    """Return the token, or what its file holds; `SourceError` says what to do if neither will do.

    A file that others may read or write is refused.
    """
    if token is not None:
        return _check_token(token.get_secret_value(), "TWEETS_X_BEARER_TOKEN")
    if file is not None:
        return _check_token(_read_private_file(file), f"The token file {file}")
    raise SourceError(
        "X wants a bearer token: put yours into a file that only you may read, and name the file "
        "with TWEETS_X_BEARER_TOKEN_FILE; docs/sources.md says how to get one."
    )


def _read_private_file(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_LONGEST_TOKEN + 1)
    except OSError as error:
        raise SourceError(
            f"The token file {file} cannot be read ({error.strerror}): correct "
            "TWEETS_X_BEARER_TOKEN_FILE."
        ) from None
    if mode & _FORBIDDEN_TO_OTHERS:
        raise SourceError(
            f"The token file {file} is open to others (mode {stat.S_IMODE(mode):o}): "
            f"run `chmod 600 {file}`."
        )
    return content.decode(errors="replace")


def _check_token(text: str, place: str) -> str:
    token = text.strip()
    # What else it holds is not shown: it may be most of a secret.
    is_token = token.isascii() and token.isprintable() and " " not in token
    if not (is_token and 0 < len(token) <= _LONGEST_TOKEN):
        raise SourceError(
            f"{place} holds no bearer token, which is one word of letters, digits and signs: "
            "copy it again from console.x.com."
        )
    return token
