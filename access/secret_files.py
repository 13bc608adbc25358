"""Secrets of settings and of files, and whether these are kept as one should be."""

import os
import stat
from pathlib import Path

from pydantic import SecretStr

_MOST_BYTES = 1 << 18
_OF_GROUP_TO_READ = stat.S_IRGRP
_FORBIDDEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretFileError(Exception):
    """A file that holds no secret to be used; the message names it and says what to do."""


def read_secret(
    secret: SecretStr | None, file: Path | None, what: str, setting: str
) -> tuple[str, str] | None:
    """Read a secret from its setting, or from the file that the setting with `_FILE` names.

    Tells with it the place that it is from, in words; `None` if there is neither. Raises
    `SecretFileError`.
    """
    if secret is not None:
        return secret.get_secret_value(), setting
    if file is None:
        return None
    content = read_secret_file(file, f"{what} file", f"{setting}_FILE")
    return content.decode(errors="replace").rstrip("\r\n"), f"The {what} file {file}"


def read_secret_file(file: Path, what: str, setting: str) -> bytes:
    """Read a file that nobody else may read or write; `SecretFileError` otherwise.

    What belongs to another account, such as a secret that is mounted into a container, can be given
    to us only through its group: then the group may read it. Reads no more than 256 KB.
    """
    try:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            content = opened.read(_MOST_BYTES)
    except OSError as error:
        raise SecretFileError(
            f"The {what} {file} cannot be read ({error.strerror}): correct {setting}."
        ) from None
    forbidden = _FORBIDDEN_TO_OTHERS
    if status.st_uid != os.geteuid():
        forbidden &= ~_OF_GROUP_TO_READ
    if status.st_mode & forbidden:
        raise SecretFileError(
            f"The {what} {file} is open to others (mode {stat.S_IMODE(status.st_mode):o}): "
            f"run `chmod 600 {file}`."
        )
    return content
