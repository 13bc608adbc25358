"""What takes long to make and depends on files alone: made once, and kept for the next run."""

import hashlib
import platform
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from commands import ROOT

from stack.lock import hold_lock

KEPT = ROOT / ".data" / "tests"
_COMPLETE = "complete"


def make_once(name: str, inputs: Iterable[str], make: Callable[[Path], None]) -> Path:
    """Return a folder that `make` has filled from files and folders of the project.

    One of another content of the inputs is deleted. Who comes while another makes it waits.
    """
    key = hash_files(inputs)
    folder = KEPT / f"{name}-{key}"
    with hold_lock(KEPT / f"{name}.lock", wait=True):
        if not (folder / _COMPLETE).exists():
            for other in KEPT.glob(f"{name}-*"):
                shutil.rmtree(other)
            folder.mkdir()
            make(folder)
            (folder / _COMPLETE).touch()
    return folder


def hash_files(inputs: Iterable[str]) -> str:
    """Hash the content of files and folders of the project, and the machine that reads them."""
    digest = hashlib.sha256(f"{sys.version} {platform.platform()} {ROOT}".encode())
    for name in inputs:
        place = ROOT / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
