"""Versions of the model: saved once, checked when loaded, promoted and rolled back.

`<model root>/<version>/` holds `pipeline/`, `portable/` and `card.json`. `<model root>/current`
names the live version in its first line and the earlier live ones below it, newest first.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.words import WORDS_STATEMENT

PIPELINE = "pipeline"
PORTABLE = "portable"
_CARD = "card.json"
_CURRENT = "current"
_LOCK = ".lock"
_SAVING = ".saving-"

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")

# Loading a saved pipeline runs the code of whatever classes it names, and a SQLTransformer runs
# whatever its statement calls.
_SQL_STAGE = "org.apache.spark.ml.feature.SQLTransformer"
_ALLOWED_CLASSES = {
    "org.apache.spark.ml.PipelineModel",
    _SQL_STAGE,
    "org.apache.spark.ml.feature.CountVectorizerModel",
    "org.apache.spark.ml.feature.IDFModel",
    "org.apache.spark.ml.feature.Normalizer",
    "org.apache.spark.ml.classification.LogisticRegressionModel",
}


class RegistryError(Exception):
    """A version that cannot be saved, loaded or promoted; the message says what to do."""


@dataclass(frozen=True)
class ModelVersion:
    """A saved version whose files were checked."""

    version: str
    folder: Path
    card: dict[str, Any]

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories in the order of their labels."""
        return tuple(self.card["categories"])


def save_version(
    root: Path, version: str, write_files: Callable[[Path], None], card: dict[str, Any]
) -> ModelVersion:
    """Save what `write_files` puts into the folder it is given as a new version, or nothing.

    The card gets the SHA-256 of each file. The new version is not live: see `promote`.
    """
    folder = _locate(root, version)
    with _lock(root):
        if folder.exists() or version == _CURRENT:
            raise RegistryError(f"{folder} exists already; save under another version.")
        for leftover in root.glob(_SAVING + "*"):
            shutil.rmtree(leftover)
        saving = root / (_SAVING + version)
        saving.mkdir()
        write_files(saving)
        complete_card = {**card, "version": version, "files": _hash_files(saving)}
        (saving / _CARD).write_text(json.dumps(complete_card, indent=2) + "\n")
        saving.rename(folder)
    return ModelVersion(version, folder, complete_card)


def load_version(root: Path, version: str) -> ModelVersion:
    """Check every file of a version against its card, and its pipeline against what may run."""
    folder = _locate(root, version)
    try:
        card = json.loads((folder / _CARD).read_bytes())
        hashes, categories = card["files"], card["categories"]
    except FileNotFoundError:
        known = ", ".join(list_versions(root)) or "none; run `python -m training train`"
        raise RegistryError(
            f"There is no model version {version} in {root} (there is {known})."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise refuse(folder, f"its {_CARD} is not readable ({error!r})") from None
    if not isinstance(hashes, dict) or not isinstance(categories, list):
        raise refuse(folder, f"its {_CARD} lists no files or no categories")
    _check_files(folder, hashes)
    _check_stages(folder)
    return ModelVersion(version, folder, card)


def list_versions(root: Path) -> list[str]:
    """List the saved versions by name, which is oldest first for those that training names."""
    return sorted(card.parent.name for card in root.glob(f"[!.]*/{_CARD}"))


def read_current(root: Path) -> str | None:
    """Read which version is live, if any; cheap enough to ask before each batch."""
    history = _read_history(root)
    return history[0] if history else None


def promote(root: Path, version: str) -> None:
    """Make a version the live one."""
    with _lock(root):
        load_version(root, version)
        history = _read_history(root)
        if history[:1] != [version]:
            _write_history(root, [version, *history])


def rollback(root: Path) -> str:
    """Make the version that was live before the current one live again, and name it."""
    with _lock(root):
        history = _read_history(root)
        if len(history) < 2:
            live = f"only {history[0]} has been live" if history else "no version is live"
            raise RegistryError(
                f"There is nothing to roll back to in {root}: {live}; promote another one instead."
            )
        load_version(root, history[1])
        _write_history(root, history[1:])
    return history[1]


def _locate(root: Path, version: str) -> Path:
    if not _VERSION.fullmatch(version):
        raise RegistryError(
            f"{version!r} cannot name a model version; use letters, digits, dots and dashes."
        )
    return root / version


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    """Keep two processes from changing the registry at once; ends with the process, however."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read_history(root: Path) -> list[str]:
    try:
        return (root / _CURRENT).read_text().split()
    except FileNotFoundError:
        return []


def _write_history(root: Path, history: list[str]) -> None:
    new = root / f".{_CURRENT}.new"
    with new.open("w") as file:
        file.write("\n".join(history) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(root / _CURRENT)


def _list_files(folder: Path) -> list[str]:
    """List all that is no plain folder, so that a link to a folder counts and is found out."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )


def _hash_files(folder: Path) -> dict[str, str]:
    return {name: _hash_file(folder / name) for name in _list_files(folder)}


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_files(folder: Path, hashes: dict[str, str]) -> None:
    present = set(_list_files(folder)) - {_CARD}
    for name in sorted(hashes.keys() - present):
        raise refuse(folder, f"{name} is missing")
    for name in sorted(present - hashes.keys()):
        raise refuse(folder, f"{name} was added after it was saved")
    for name, expected in hashes.items():
        if _hash_file(folder / name) != expected:
            raise refuse(folder, f"{name} was changed after it was saved")


def _check_stages(folder: Path) -> None:
    """Refuse a pipeline that would run anything but the stages we build."""
    metadata_files = [
        path
        for path in sorted((folder / PIPELINE).rglob("metadata/*"))
        if not path.name.startswith((".", "_"))
    ]
    if not metadata_files:
        raise refuse(folder, "it holds no pipeline")
    for path in metadata_files:
        try:
            stage = json.loads(path.read_bytes())
            stage_class = stage["class"]
            statement = stage["paramMap"].get("statement")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise refuse(folder, f"{path} is not readable ({error!r})") from None
        if stage_class not in _ALLOWED_CLASSES:
            raise refuse(folder, f"its pipeline would run {stage_class!r}")
        if stage_class == _SQL_STAGE and statement != WORDS_STATEMENT:
            raise refuse(folder, "it splits texts into words in another way than this code does")


def refuse(folder: Path, reason: str) -> RegistryError:
    """Say why the version in a folder cannot be used, and what to do."""
    return RegistryError(
        f"Model version {folder.name} in {folder.parent} cannot be used: {reason}; promote another "
        "version or run `python -m training train --promote`."
    )
