"""The bearer token, and whether it is kept as a secret should be."""

from pathlib import Path

from pydantic import SecretStr

from access.secret_files import SecretFileError, read_secret_file
from producer.sources.live import SourceError

_LONGEST_TOKEN = 4096


def read_token(token: SecretStr | None, file: Path | None) -> str:
    """Return the token, or what its file holds; `SourceError` says what to do if neither will do.

    A file that others may read or write is refused.
    """
    if token is not None:
        return _check_token(token.get_secret_value(), "TWEETS_X_BEARER_TOKEN")
    if file is not None:
        return _check_token(_read_file(file), f"The token file {file}")
    raise SourceError(
        "X wants a bearer token: put yours into a file that only you may read, and name the file "
        "with TWEETS_X_BEARER_TOKEN_FILE; docs/sources.md says how to get one."
    )


def _read_file(file: Path) -> str:
    try:
        content = read_secret_file(file, "token file", "TWEETS_X_BEARER_TOKEN_FILE")
    except SecretFileError as error:
        raise SourceError(str(error)) from None
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
