import subprocess
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.java import choose_java, list_homes, parse_major, wrap_runtime


def make_home(folder: Path, version: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_292"', 8),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21),
        ("bash: no java here", None),
    ],
)
def test_the_major_version_is_read_from_what_java_says(said: str, major: int | None) -> None:
    assert parse_major(said) == major


def test_the_first_java_that_fits_is_chosen(tmp_path: Path) -> None:
    too_new = make_home(tmp_path / "25", "25.0.1")
    too_old = make_home(tmp_path / "11", "11.0.2")
    fits = make_home(tmp_path / "21", "21.0.8")
    fits_too = make_home(tmp_path / "17", "17.0.15")
    absent = tmp_path / "absent"
    assert choose_java([absent, too_new, too_old, fits, fits_too]) == fits


def test_without_a_fitting_java_a_sentence_names_the_unfit_ones_and_the_remedy(
    tmp_path: Path,
) -> None:
    too_new = make_home(tmp_path / "25", "25.0.1")
    with pytest.raises(StackError, match=f"only 25 in {too_new}.*--install"):
        choose_java([too_new])


def test_java_home_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert next(list_homes()) == tmp_path


def test_a_wrapped_runtime_gets_every_argument_but_the_one_it_cannot_bear(tmp_path: Path) -> None:
    runtime = tmp_path / "it's a runtime"
    java = runtime / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text('#!/bin/sh\nfor one do echo "<$one>"; done\n')
    java.chmod(0o755)
    home = wrap_runtime(runtime, tmp_path / "home")
    said = run_java(home, "-cp", "a b", "--add-modules=jdk.incubator.vector", "", "Main")
    assert said.splitlines() == ["<-cp>", "<a b>", "<>", "<Main>"]


def run_java(home: Path, *arguments: str) -> str:
    command = [home / "bin" / "java", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
