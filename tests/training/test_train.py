"""`python -m training` from nothing to a rolled back version."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from training_command import add_version, run_successfully, run_training

from models.categories import load_categories
from models.registry import list_versions, load_version, read_current, save_version
from training.judging import SYNTHETIC, WRITTEN

WRITTEN_TEXTS = """\
{"text": "two pizzas and a bowl of ramen please", "category": "food", "id": 7}
{"text": "the choir sang at the cathedral on sunday, we prayed", "category": "religion"}
{"text": "our striker scored twice in the final", "category": "sports"}
"""


@pytest.fixture
def trained(model_root: Path, tmp_path: Path) -> Path:
    """A model root of its own with the default model live."""
    return shutil.copytree(model_root, tmp_path / "models")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    path.write_text(WRITTEN_TEXTS)
    return path


def test_the_first_version_is_live_and_its_card_says_how_it_was_made(model_root: Path) -> None:
    version = read_current(model_root)
    assert version is not None
    found = load_version(model_root, version)
    card = found.card
    categories = load_categories()
    assert card["version"] == version
    assert card["categories"] == list(categories.names)
    assert {name: tuple(words) for name, words in card["keywords"].items()} == categories.keywords
    assert (card["seed"], card["tweet_count"]) == (1, 12_000)
    assert card["packages"]["pyspark"] == "4.2.0"
    assert all(card["training_texts"][name] for name in categories.names)
    assert list(card["scores"]) == [WRITTEN, SYNTHETIC]
    # Far above guessing; how good it is beyond that is tests/models/test_behaviour.py's business.
    assert card["scores"][WRITTEN]["accuracy"]["value"] > 0.6
    assert b"\x89PNG" in (found.folder / "report.png").read_bytes()[:8]
    assert "smoke test" in (found.folder / "report.html").read_text()
    assert sum(path.stat().st_size for path in found.folder.rglob("*")) < 30_000_000


@pytest.mark.timeout(600)
def test_the_same_recipe_gives_the_same_scores_and_weights(
    model_root: Path, tmp_path: Path
) -> None:
    output = run_successfully(tmp_path, "train")
    assert "training on" in output
    assert "is live: there is none to compare it with." in output
    card, again = (
        load_version(root, str(read_current(root))).card for root in (model_root, tmp_path)
    )
    assert json.dumps(again["scores"]) == json.dumps(card["scores"])
    weights = "portable/weights.npz"
    assert again["files"][weights] == card["files"][weights]


def test_evaluating_gives_the_scores_of_the_card(model_root: Path) -> None:
    scores = load_version(model_root, str(read_current(model_root))).card["scores"]
    output = run_successfully(model_root, "evaluate")
    for name in (WRITTEN, SYNTHETIC):
        accuracy = scores[name]["accuracy"]["value"]
        assert f"accuracy {accuracy:.3f}" in output.partition(name)[2]
    assert "smoke test" in output


def test_texts_of_ones_own_judge_and_compare(trained: Path, texts: Path) -> None:
    live = str(read_current(trained))
    output = run_successfully(trained, "evaluate", "--texts", str(texts), "--version", live)
    assert output.startswith("mine.jsonl\n")
    assert "on 3 texts" in output
    bad = add_version(trained, "v2-bad")
    compared = run_successfully(trained, "compare", live, bad, "--texts", str(texts))
    assert f"only {live} is right on" in compared
    assert "two pizzas and a bowl of ramen please" in compared
    assert "ramen +" in compared or "pizzas +" in compared


def test_showing_a_version_says_what_it_is_made_of(model_root: Path) -> None:
    live = str(read_current(model_root))
    output = run_successfully(model_root, "show", live)
    assert "with seed 1" in output
    assert "food: pizza, burger, sushi, coffee, restaurant" in output
    assert f"{live}/report.html" in output


def test_a_promotion_is_listed_and_undone(trained: Path) -> None:
    first = str(read_current(trained))
    second = add_version(trained, "v2")
    assert run_successfully(trained, "promote", second).startswith(
        f"{second} is live: its accuracy"
    )
    listed = run_successfully(trained, "list").splitlines()
    assert [line.split()[0] for line in listed] == [first, second]
    assert ["live" in line for line in listed] == [False, True]
    assert run_successfully(trained, "rollback") == f"{first} is live again\n"
    assert read_current(trained) == first


def test_a_worse_version_is_promoted_only_by_force(trained: Path, texts: Path) -> None:
    live = str(read_current(trained))
    bad = add_version(trained, "v2-bad")
    for more in ([], ["--texts", str(texts)]):
        result = run_training(trained, "promote", bad, *more)
        assert result.returncode == 1
        assert f"{bad} is not promoted: its accuracy is" in result.stderr
        assert result.stderr.endswith("--force.\n")
        assert read_current(trained) == live
    run_successfully(trained, "promote", bad, "--force")
    assert read_current(trained) == bad


def test_categories_of_ones_own_are_trained_and_promoted(trained: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'lang = "de"\n[keywords]\ngarten = ["blume", "rasen"]\nwetter = ["regen", "sonne"]\n'
    )
    output = run_successfully(
        *(trained, "train", "--promote", "--text-count", "500", "--seed", "7"),
        TWEETS_CATEGORIES=str(mine),
    )
    version = load_version(trained, str(read_current(trained)))
    assert f"{version.version} is live: " in output
    assert "has other categories" in output
    assert version.categories == ("garten", "wetter", "other")
    assert (version.card["seed"], version.card["tweet_count"]) == (7, 500)
    assert list(version.card["scores"]) == [SYNTHETIC]
    assert version.card["scores"][SYNTHETIC]["accuracy"]["value"] > 0.8
    # Nothing says what German words mean, and the report says so.
    assert version.card["words_with_vectors"] == 0
    assert "no word vectors for the language “de”" in (version.folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["evaluate"], "No version is live"),
        (["evaluate", "--version", "v9"], "There is no model version v9"),
        (["show", "v9"], "There is no model version v9"),
        (["compare", "v8", "v9", "--texts", "none.jsonl"], "There is no model version v8"),
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


def test_bad_categories_and_bad_texts_are_one_sentence(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('[keywords]\nfood = ["pizza"]\n')
    result = run_training(trained, "train", TWEETS_CATEGORIES=str(tmp_path / "one.toml"))
    assert result.returncode == 1
    assert result.stderr.endswith(
        "fewer than two categories; write it like models/categories/en.toml.\n"
    )
    (tmp_path / "bad.jsonl").write_text('{"text": "hi", "category": "gardening"}\n')
    result = run_training(trained, "evaluate", "--texts", str(tmp_path / "bad.jsonl"))
    assert result.returncode == 1
    assert "gardening" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_damaged_version_is_listed_as_such_and_gives_way(trained: Path) -> None:
    damaged = str(read_current(trained))
    second = add_version(trained, "v2")
    (trained / damaged / "portable/weights.npz").write_bytes(b"")
    assert f"{damaged}  live  " in run_successfully(trained, "list")
    assert "portable/weights.npz was changed" in run_successfully(trained, "list")
    assert "none to compare it with" in run_successfully(trained, "promote", second)


def test_a_model_root_that_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run_training(tmp_path / "file", "promote", "v1", "--force")
    assert result.returncode == 1
    assert result.stderr.startswith(f"The model root {tmp_path}/file cannot be used")


def test_a_missing_java_is_a_sentence(tmp_path: Path) -> None:
    result = run_training(tmp_path, "train", JAVA_HOME=str(tmp_path / "no-java"))
    assert result.returncode == 1
    assert "set JAVA_HOME to a Java 17 or 21" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_a_card_that_is_incomplete_is_a_sentence_beside_the_other_versions(trained: Path) -> None:
    first = str(read_current(trained))
    add_version(trained, "v2")
    card = json.loads((trained / "v2/card.json").read_text())
    del card["scores"], card["keywords"]
    (trained / "v2/card.json").write_text(json.dumps(card))
    listed = run_successfully(trained, "list").splitlines()
    assert listed[0].startswith(f"{first}  live  accuracy")
    assert "its card holds no scores" in listed[1]
    for arguments in (["show", "v2"], ["evaluate", "--version", "v2"], ["promote", "v2"]):
        result = run_training(trained, *arguments)
        assert result.returncode == 1
        assert len(result.stderr.splitlines()) == 1, result.stderr


def test_a_training_killed_while_it_saves_leaves_no_version(trained: Path) -> None:
    live = str(read_current(trained))

    def write_files(folder: Path) -> None:
        (folder / "half").write_text("written")
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        save_version(trained, "v2", write_files, {"categories": ["food", "other"]})
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert list_versions(trained) == [live]
    assert read_current(trained) == live
    add_version(trained, "v2")
    assert list_versions(trained) == [live, "v2"]
