"""What running needs and what developing adds are locked, each in a file of its own."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from commands import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUNNING, DEVELOPING = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
VECTORS = ROOT / "training" / "vectors" / "requirements.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS = [*PROJECT["tool"]["importlinter"]["root_packages"], "bench"]
# Measurements borrow what lies beside this file.
OURS = {*ROOMS, "settings", "tests", *(path.stem for path in Path(__file__).parent.glob("*.py"))}


def read_pins(lock: Path) -> dict[str, str]:
    """Read which version of each package a file locks, whatever the marker."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))


def read_wanted(lock: Path) -> set[str]:
    """Read which packages a file locks because the project names them, not another package."""
    entries = re.split(r"\n(?=\w)", lock.read_text())
    return {entry.partition("==")[0] for entry in entries if "tweet-pipeline" in entry}


def list_wanted_to_run() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    return [Requirement(line) for line in chain(PROJECT["project"]["dependencies"], *extras)]


def list_wanted_to_develop() -> list[Requirement]:
    return [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]


def test_no_package_is_locked_twice():
    assert not read_pins(RUNNING).keys() & read_pins(DEVELOPING).keys()


def test_what_runs_is_locked_and_nothing_else():
    assert read_wanted(RUNNING) == {canonicalize_name(want.name) for want in list_wanted_to_run()}


def test_what_only_developing_needs_is_locked_apart():
    wanted = {canonicalize_name(want.name) for want in list_wanted_to_develop()}
    assert read_wanted(DEVELOPING) == wanted - read_pins(RUNNING).keys()


def test_locked_versions_are_those_that_the_project_asks_for():
    pins = read_pins(RUNNING) | read_pins(DEVELOPING)
    for want in (*list_wanted_to_run(), *list_wanted_to_develop()):
        assert pins[canonicalize_name(want.name)] in want.specifier, want


@pytest.mark.parametrize("lock", [RUNNING, DEVELOPING], ids=lambda lock: lock.name)
def test_a_lock_names_hashes_and_no_index(lock):
    text = lock.read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
    for entry in re.findall(r"^\w.*(?:\n .*)*", text, re.MULTILINE):
        assert "--hash=sha256:" in entry, entry


def test_what_the_rooms_import_comes_with_what_runs():
    locked = read_pins(RUNNING).keys()
    packages = packages_distributions()
    for path in chain.from_iterable((ROOT / room).rglob("*.py") for room in ROOMS):
        # The vectors are made by a script that has a lock of its own, which nothing here installs.
        own = read_pins(VECTORS).keys() if path.parent == VECTORS.parent else set()
        for name in list_imports(path) - sys.stdlib_module_names - OURS:
            names = set(map(canonicalize_name, packages.get(name, [name])))
            assert (locked | own) & names, f"{path} imports {name}"


def list_imports(path: Path) -> set[str]:
    """List the top-level packages that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {module.partition(".")[0] for module in modules}
