"""The scorer decides and explains without Spark."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.registry import ModelVersion, RegistryError
from models.scorer import PortableModel, Scorer

MODEL = PortableModel(
    vocabulary=["pizza", "film", "the"],
    idf=np.array([2.0, 1.0, 0.0]),
    coefficients=np.array([[2.0, -1.0, 5.0], [-1.0, 2.0, 5.0], [-1.0, -1.0, 5.0]]),
    intercepts=np.array([0.0, 0.0, 0.5]),
    threshold=0.4,
)


@pytest.fixture
def scorer() -> Scorer:
    return Scorer(MODEL, ("food", "movies", "other"), "v1")


def test_a_text_gets_the_most_probable_category(scorer: Scorer) -> None:
    explanation = scorer.explain("The PIZZA!")
    powers = [math.exp(2), math.exp(-1), math.exp(-0.5)]
    assert explanation.category == "food"
    assert explanation.confidence == pytest.approx(powers[0] / sum(powers))
    assert explanation.probabilities == pytest.approx(
        {
            name: power / sum(powers)
            for name, power in zip(("food", "movies", "other"), powers, strict=True)
        }
    )
    assert explanation.runner_up is None
    assert explanation.model_version == "v1"


def test_words_are_listed_once_with_their_share_strongest_first(scorer: Scorer) -> None:
    explanation = scorer.explain("film unheard film, the pizza film film film")
    assert explanation.category == "movies"
    # Five times `film` and once `pizza`, which counts twice; `the` counts nothing.
    length = math.hypot(5, 2)
    assert explanation.words == [
        ("film", pytest.approx(5 * 2 / length)),
        ("pizza", pytest.approx(2 * -1 / length)),
        ("the", pytest.approx(0.0)),
    ]


def test_the_length_of_a_text_changes_nothing(scorer: Scorer) -> None:
    once = scorer.explain("pizza film").probabilities
    assert scorer.explain("pizza film " * 50).probabilities == pytest.approx(once)


def test_a_text_about_two_categories_names_the_second(scorer: Scorer) -> None:
    explanation = scorer.explain("a film film and a pizza")
    assert {explanation.category, explanation.runner_up} == {"food", "movies"}
    assert explanation.probabilities["food"] == pytest.approx(explanation.probabilities["movies"])


@pytest.mark.parametrize(("share", "runner_up"), [(0.41, "movies"), (0.39, None)])
def test_a_second_category_is_named_from_two_fifths_of_the_first(
    share: float, runner_up: str | None
) -> None:
    model = replace(MODEL, intercepts=np.array([0.0, math.log(share), -9.0]))
    explanation = Scorer(model, ("food", "movies", "other"), "v1").explain("unheard-of")
    assert (explanation.category, explanation.runner_up) == ("food", runner_up)


def test_what_is_no_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    MODEL.save(tmp_path)
    version = ModelVersion("v1", tmp_path, {"categories": ["food", "other"]})
    with pytest.raises(RegistryError, match="other categories than its model has"):
        Scorer.load(version)
    np.savez(tmp_path / "portable/weights.npz", idf=MODEL.idf)
    with pytest.raises(RegistryError, match=r"portable copy is not readable .*; promote another"):
        Scorer.load(version)


@pytest.mark.parametrize("text", ["", "!?", "nothing that it knows"])
def test_a_text_without_known_words_is_about_nothing(scorer: Scorer, text: str) -> None:
    explanation = scorer.explain(text)
    assert explanation.category == "other"
    assert explanation.runner_up is None
    assert explanation.words == []


def test_below_the_threshold_the_answer_is_other() -> None:
    unsure = Scorer(replace(MODEL, threshold=0.9), ("food", "movies", "other"), "v1")
    explanation = unsure.explain("pizza")
    assert max(explanation.probabilities, key=explanation.probabilities.__getitem__) == "food"
    assert explanation.confidence == explanation.probabilities["food"] < 0.9
    assert explanation.category == "other"


def test_the_strongest_words_of_a_category_come_with_their_weight(scorer: Scorer) -> None:
    assert scorer.find_strongest_words("movies", 2) == [("film", 2.0), ("the", 0.0)]


def test_the_numbers_survive_saving(tmp_path: Path) -> None:
    MODEL.save(tmp_path)
    loaded = PortableModel.load(tmp_path)
    assert loaded.vocabulary == MODEL.vocabulary
    np.testing.assert_array_equal(loaded.idf, MODEL.idf)
    np.testing.assert_array_equal(loaded.coefficients, MODEL.coefficients)
    np.testing.assert_array_equal(loaded.intercepts, MODEL.intercepts)
    assert loaded.threshold == MODEL.threshold
