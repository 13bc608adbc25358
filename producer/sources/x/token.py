"""The bearer token, and whether it is kept as a secret should be."""

from pathlib import Path

from pydantic import SecretStr

from access.secret_files import SecretFileError, read_secret
from producer.sources.live import SourceError

_LONGEST_TOKEN = 4096


def read_token(setting: SecretStr | None, file: Path | None) -> str:
    """Return the token, or what its file holds; `SourceError` says what to do if neither will do.

    A file that others may read or write is refused.
    """
    try:
        found = read_secret(setting, file, "token", "TWEETS_X_BEARER_TOKEN")
    except SecretFileError as error:
        raise SourceError(str(error)) from None
    if not found:
        raise SourceError(
            "X wants a bearer token: put yours into a file that only you may read, and name the "
            "file with TWEETS_X_BEARER_TOKEN_FILE; docs/sources.md says how to get one."
        )
    text, place = found
    token = text.strip()
    # What else it holds is not shown: it may be most of a secret.
    is_token = token.isascii() and token.isprintable() and " " not in token
    if not (is_token and 0 < len(token) <= _LONGEST_TOKEN):
        raise SourceError(
            f"{place} holds no bearer token, which is one word of letters, digits and signs: "
            "copy it again from console.x.com."
        )
    return token
