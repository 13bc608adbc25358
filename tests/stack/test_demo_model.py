"""The demo trains where the live model is none for the categories in use."""

import json
from pathlib import Path

import pytest

from settings import Settings
from stack.model import is_model_live

ENGLISH = Path(__file__).parents[2] / "models/categories/en.toml"
GARDENING = '[keywords]\nplants = ["rose"]\ntools = ["spade"]\n'


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(GARDENING)
    return path


@pytest.fixture
def model_root(tmp_path: Path) -> Path:
    """A root whose live version was trained for two categories of one's own."""
    (tmp_path / "v2").mkdir()
    card = {"keywords": {"plants": ["rose"], "tools": ["spade"]}}
    (tmp_path / "v2/card.json").write_text(json.dumps(card))
    (tmp_path / "current").write_text("v2\nv1\n")
    return tmp_path


def test_a_live_model_for_the_same_categories_is_kept(model_root: Path, mine: Path) -> None:
    assert is_model_live(Settings(model_root=model_root, categories=mine))


def test_other_categories_or_keywords_need_another_model(model_root: Path, mine: Path) -> None:
    assert not is_model_live(Settings(model_root=model_root, categories=None))
    assert not is_model_live(Settings(model_root=model_root, categories=ENGLISH))
    mine.write_text(GARDENING + 'soil = ["clay"]\n')
    assert not is_model_live(Settings(model_root=model_root, categories=mine))


@pytest.mark.parametrize("card", ["{}", "not json", "[]"])
def test_a_version_that_says_nothing_needs_another_model(
    model_root: Path, mine: Path, card: str
) -> None:
    (model_root / "v2/card.json").write_text(card)
    assert not is_model_live(Settings(model_root=model_root, categories=mine))


def test_no_live_version_needs_one(tmp_path: Path, mine: Path) -> None:
    assert not is_model_live(Settings(model_root=tmp_path / "none", categories=mine))
