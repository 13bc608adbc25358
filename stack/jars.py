"""The jars that are not in pyspark: which, where they lie, and how they get there.

``python -m stack.jars`` fetches those that are missing and checks each against its sha256;
``python -m stack.jars --group spark`` only those of the streaming job.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from stack.errors import StackError
from stack.java import find_java
from stack.lock import hold_lock

JARS_LIST = Path(__file__).with_name("jars.toml")
JARS_DIR = Path(sys.prefix) / "jars"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar by its coordinates, with the sha256 of its bytes and the group that needs it."""

    group: str
    organisation: str
    artifact: str
    revision: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Name of its file."""
        return f"{self.artifact}-{self.revision}.jar"

    def path_in(self, folder: Path) -> Path:
        """Name its place below a folder of jars."""
        return folder / self.group / self.file_name


Download = Callable[[Sequence[Jar], Path, Say], None]


def read_jars(jars_list: Path = JARS_LIST) -> list[Jar]:
    """Read the list of all jars."""
    groups: dict[str, dict[str, str]] = tomllib.loads(jars_list.read_text())
    pyspark = version("pyspark")
    jars = []
    for group, hashes in groups.items():
        for coordinates, sha256 in hashes.items():
            organisation, artifact, revision = coordinates.format(pyspark=pyspark).split(":")
            jars.append(Jar(group, organisation, artifact, revision, sha256))
    return jars


def locate_group(group: str, folder: Path = JARS_DIR) -> list[Path]:
    """List the paths of a group's jars; raise `StackError` if one was not fetched yet."""
    jars = [jar for jar in read_jars() if jar.group == group]
    for jar in jars:
        if not jar.path_in(folder).is_file():
            raise StackError(
                f"{jar.path_in(folder)} is missing: run `python -m stack.jars` to fetch it."
            )
    return [jar.path_in(folder) for jar in jars]


def locate_pyspark_jars() -> Path:
    """Find the folder of the jars in the installed pyspark, without importing it."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise StackError("pyspark is not installed: run `make setup`.")
    return Path(spec.origin).parent / "jars"


def find_unfit(jars: Sequence[Jar], folder: Path) -> list[Jar]:
    """List the jars that are missing in a folder or are not what the list says."""
    return [jar for jar in jars if hash_file(jar.path_in(folder)) != jar.sha256]


def hash_file(path: Path) -> str | None:
    """Compute the sha256 of a file in hex, or None if there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def fetch_jars(jars: Sequence[Jar], folder: Path, download: Download, say: Say) -> int:
    """Fetch what a folder lacks of a list of jars, remove what it has beyond; return how many.

    A jar gets its name only once its sha256 is right; raises `StackError` if it is not.
    """
    with hold_lock(folder / ".lock", wait=True):
        wanted = find_unfit(jars, folder)
        if wanted:
            arrived = folder / ".arrived"
            shutil.rmtree(arrived, ignore_errors=True)
            try:
                download(wanted, arrived, say)
                _move_checked(wanted, arrived, folder)
            finally:
                shutil.rmtree(arrived, ignore_errors=True)
        _remove_unlisted(jars, folder)
    return len(wanted)


def _move_checked(jars: Sequence[Jar], arrived: Path, folder: Path) -> None:
    for jar in jars:
        found = hash_file(jar.path_in(arrived))
        if found != jar.sha256:
            raise StackError(
                f"{jar.organisation}:{jar.artifact}:{jar.revision} came with sha256 {found}, "
                f"but {JARS_LIST.name} says {jar.sha256}: it was not kept; do not trust the "
                "network or the index it came from, or correct the list if you changed a version."
            )
    for jar in jars:
        jar.path_in(folder).parent.mkdir(parents=True, exist_ok=True)
        jar.path_in(arrived).replace(jar.path_in(folder))


def _remove_unlisted(jars: Sequence[Jar], folder: Path) -> None:
    # spark.jars takes the whole folder: two versions of one library must not meet there.
    listed = {jar.path_in(folder) for jar in jars}
    for group in {jar.group for jar in jars}:
        for path in folder.glob(f"{group}/*.jar"):
            if path not in listed:
                path.unlink()


def download_with_ivy(jars: Sequence[Jar], target: Path, say: Say) -> None:
    """Download exactly these jars, without what they depend on, into a folder by group.

    Ivy comes with pyspark and knows the public index of Java libraries by its own default.
    Raises `StackError` if one cannot be had.
    """
    target.mkdir(parents=True, exist_ok=True)
    ivy_file = target / "ivy.xml"
    ivy_file.write_bytes(build_ivy_file(jars))
    [ivy] = locate_pyspark_jars().glob("ivy-*.jar")
    command = [find_java() / "bin" / "java", "-jar", ivy, "-cache", target.parent / ".cache"]
    command += ["-ivy", ivy_file, "-retrieve", f"{target}/[conf]/[artifact]-[revision].[ext]"]
    say(f"Looking up {len(jars)} jars (half a minute) …")
    lines = []
    done = 0
    with subprocess.Popen(
        [str(part) for part in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.strip())
            if "[SUCCESSFUL ]" in line:
                done += 1
                say(f"  {done}/{len(jars)} {line.split(';')[0].split('#')[-1]}")
    missing = [jar for jar in jars if not jar.path_in(target).is_file()]
    if missing:
        raise StackError(
            f"{len(missing)} of {len(jars)} jars could not be downloaded, the first is "
            f"{missing[0].organisation}:{missing[0].artifact}:{missing[0].revision} "
            f"({_find_reason(lines)}): check the network and run `python -m stack.jars` again."
        )
    shutil.rmtree(target.parent / ".cache", ignore_errors=True)


def build_ivy_file(jars: Sequence[Jar]) -> bytes:
    """Write the request for these jars in Ivy's form: one configuration per group."""
    module = ElementTree.Element("ivy-module", version="2.0")
    ElementTree.SubElement(module, "info", organisation="tweet-pipeline", module="jars")
    configurations = ElementTree.SubElement(module, "configurations")
    for group in sorted({jar.group for jar in jars}):
        ElementTree.SubElement(configurations, "conf", name=group)
    dependencies = ElementTree.SubElement(module, "dependencies")
    for jar in jars:
        ElementTree.SubElement(
            dependencies,
            "dependency",
            org=jar.organisation,
            name=jar.artifact,
            rev=jar.revision,
            conf=f"{jar.group}->master",
        )
    return ElementTree.tostring(module)


def _find_reason(lines: Sequence[str]) -> str:
    warnings = lines[lines.index(":::: WARNINGS") + 1 :] if ":::: WARNINGS" in lines else lines
    reason = next((line for line in warnings if line), "Ivy says nothing")
    return reason.partition(" url=")[0].rstrip(".")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch the jars that are missing."""
    jars = read_jars()
    groups = dict.fromkeys(jar.group for jar in jars)
    parser = argparse.ArgumentParser(prog="python -m stack.jars", description=main.__doc__)
    parser.add_argument("--group", choices=groups, help="only those of one group")
    group = parser.parse_args(arguments).group
    jars = [jar for jar in jars if group in (None, jar.group)]
    try:
        count = fetch_jars(jars, JARS_DIR, download_with_ivy, lambda line: print(line, flush=True))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{len(jars)} jars in {JARS_DIR}, {count} of them new, all with the right sha256.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
