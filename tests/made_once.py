"""What takes long to make and depends on files alone: made once, and kept for the next run."""

import hashlib
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from commands import ROOT

from stack.lock import hold_lock

_COMPLETE = "complete"
# Another run, of other files, may still use what it has made.
_UNUSED_SECONDS = 86_400


def make_once(
    name: str, inputs: Iterable[str], make: Callable[[Path], None], root: Path = ROOT
) -> Path:
    """Return a folder that `make` has filled from files and folders of the project.

    Who comes while another makes it waits. Those of other inputs are deleted after a day.
    """
    kept = root / ".data" / "tests"
    folder = kept / f"{name}-{hash_files(inputs, root)}"
    with hold_lock(kept / f"{name}.lock", wait=True):
        if not (folder / _COMPLETE).exists():
            for other in kept.glob(f"{name}-*"):
                if other == folder or other.stat().st_mtime < time.time() - _UNUSED_SECONDS:
                    shutil.rmtree(other)
            folder.mkdir()
            make(folder)
            (folder / _COMPLETE).touch()
    return folder


def forget(folder: Path) -> None:
    """Have it made again the next time."""
    (folder / _COMPLETE).unlink()


def hash_files(inputs: Iterable[str], root: Path) -> str:
    """Hash the content of files and folders of the project, and the machine that reads them."""
    digest = hashlib.sha256(f"{sys.version} {platform.platform()} {root}".encode())
    for name in inputs:
        place = root / name
        assert place.exists(), place
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
