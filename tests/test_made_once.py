"""What is kept for the next run is what this run would make."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from made_once import forget, make_once


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/one").write_text("1")
    return tmp_path


@pytest.fixture
def make(root: Path):
    """Make it from the inputs; the lines of `made` say how often it was."""

    def copy_input(folder: Path) -> None:
        with (root / "made").open("a") as made:
            made.write("made\n")
        (folder / "copy").write_text((root / "inputs/one").read_text())

    def make() -> str:
        return (make_once("copy", ["inputs"], copy_input, root) / "copy").read_text()

    return make


def count_made(root: Path) -> int:
    return (root / "made").read_text().count("\n")


def test_many_who_want_it_at_once_get_the_same(root, make):
    with ThreadPoolExecutor() as pool:
        assert set(pool.map(lambda _: make(), range(4))) == {"1"}
    assert count_made(root) == 1


def test_another_content_of_an_input_makes_another(root, make):
    make()
    (root / "inputs/one").write_text("2")
    assert make() == "2"
    (root / "inputs/two").write_text("")
    make()
    assert count_made(root) == 3
    (root / "inputs/two").unlink()
    assert make() == "2"
    assert count_made(root) == 3


def test_what_is_half_made_or_forgotten_is_made_again(root, make):
    with pytest.raises(ZeroDivisionError):
        make_once("copy", ["inputs"], lambda _: 1 // 0, root)
    assert make() == "1"
    [made] = root.glob(".data/tests/copy-*")
    forget(made)
    make()
    assert count_made(root) == 2


def test_an_input_that_is_not_there_is_a_mistake(root):
    with pytest.raises(AssertionError, match="nowhere"):
        make_once("copy", ["nowhere"], lambda _: None, root)
