"""`python -m training` from nothing to a rolled back version."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from models.categories import CATEGORIES
from models.registry import load_version, read_current
from training.train import train_version

ROOT = Path(__file__).parents[2]


def run_training(model_root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=ROOT,
        env={**os.environ, "TWEETS_MODEL_ROOT": str(model_root), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def run_successfully(model_root: Path, *arguments: str) -> str:
    result = run_training(model_root, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def model_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model root with one version, trained by the command."""
    root = tmp_path_factory.mktemp("models")
    output = run_successfully(root, "train", "--texts", "3000", "--seed", "7")
    assert "training on" in output
    assert "is live" in output
    return root


def test_the_first_version_is_live_and_its_card_says_how_it_was_made(model_root: Path) -> None:
    version = read_current(model_root)
    assert version is not None
    card = load_version(model_root, version).card
    assert card["version"] == version
    assert card["categories"] == list(CATEGORIES)
    assert card["seed"] == 7
    assert card["pyspark"] == "4.2.0"
    data = card["data"]
    assert sum(data["train"].values()) + sum(data["test"].values()) == data["text_count"] == 3000
    assert not set(data["train_templates"]) & set(data["test_templates"])
    assert card["stages"]["CountVectorizer"]["minDF"] == 2
    assert set(card["scores"]["categories"]) == set(CATEGORIES)
    # Far above guessing; how good it is beyond that is not this test's business.
    assert card["scores"]["accuracy"] > 0.6


def test_evaluating_the_live_version_gives_the_scores_of_its_card(model_root: Path) -> None:
    version = read_current(model_root)
    assert version is not None
    scores = load_version(model_root, version).card["scores"]
    last_line = run_successfully(model_root, "evaluate").splitlines()[-1]
    assert last_line == f"accuracy {scores['accuracy']:.3f}, mean F1 {scores['macro_f1']:.3f}"


def test_the_same_seed_gives_the_same_scores_and_weights_and_promotion_is_undone(
    model_root: Path, spark: SparkSession
) -> None:
    first = read_current(model_root)
    assert first is not None
    second = train_version(model_root, spark, seed=7, text_count=3000)
    card = load_version(model_root, first).card
    assert second.card["scores"] == card["scores"]
    weights = "portable/weights.npz"
    assert second.card["files"][weights] == card["files"][weights]
    assert read_current(model_root) == first

    run_successfully(model_root, "promote", second.version)
    listed = run_successfully(model_root, "list").splitlines()
    assert [line.split()[0] for line in listed] == [first, second.version]
    assert ["live" in line for line in listed] == [False, True]
    assert run_successfully(model_root, "rollback") == f"{first} is live again\n"
    assert read_current(model_root) == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["evaluate"], "No version is live"),
        (["evaluate", "--version", "v9"], "There is no model version v9"),
        (["promote", "../v9"], "cannot name a model version"),
        (["rollback"], "There is nothing to roll back to"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    result = run_training(tmp_path, *arguments)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_empty_root_lists_how_to_train(tmp_path: Path) -> None:
    assert "python -m training train" in run_successfully(tmp_path / "none", "list")


def test_a_damaged_version_is_listed_as_such(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1/card.json").write_text(json.dumps({"files": {"a": "b"}, "categories": []}))
    assert "a is missing" in run_successfully(tmp_path, "list")


def test_a_model_root_that_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run_training(tmp_path / "file", "promote", "v1")
    assert result.returncode == 1
    assert result.stderr.startswith(f"The model root {tmp_path}/file cannot be used")


def test_a_missing_java_is_a_sentence(tmp_path: Path) -> None:
    result = run_training(tmp_path, "train", "--texts", "100", JAVA_HOME=str(tmp_path / "no-java"))
    assert result.returncode == 1
    assert "set JAVA_HOME to a Java 17 or 21" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
