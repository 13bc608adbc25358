"""The scorer decides and explains without Spark."""

import math
from pathlib import Path

import numpy as np
import pytest

from models.scorer import PortableModel, Scorer
from models.words import split_words

MODEL = PortableModel(
    vocabulary=["pizza", "film", "the"],
    idf=np.array([2.0, 1.0, 0.0]),
    coefficients=np.array([[1.0, -1.0, 5.0], [-1.0, 2.0, 5.0], [0.0, -1.0, 5.0]]),
    intercepts=np.array([0.0, 0.0, 0.5]),
)


@pytest.fixture
def scorer() -> Scorer:
    return Scorer(MODEL, ("food", "movies", "other"), "v1")


def test_a_text_gets_the_most_probable_category(scorer: Scorer) -> None:
    explanation = scorer.explain("The PIZZA!")
    powers = [math.exp(2), math.exp(-2), math.exp(0.5)]
    assert explanation.category == "food"
    assert explanation.confidence == pytest.approx(powers[0] / sum(powers))
    assert explanation.probabilities == pytest.approx(
        {
            name: power / sum(powers)
            for name, power in zip(("food", "movies", "other"), powers, strict=True)
        }
    )
    assert explanation.model_version == "v1"


def test_words_are_listed_once_with_their_share_strongest_first(scorer: Scorer) -> None:
    explanation = scorer.explain("film unheard film, the pizza")
    assert explanation.category == "movies"
    # Twice `film` at 2, against an average of 0; `pizza` at -2; `the` says nothing.
    assert explanation.words == [
        ("film", pytest.approx(4.0)),
        ("pizza", pytest.approx(-2.0)),
        ("the", pytest.approx(0.0)),
    ]


@pytest.mark.parametrize("text", ["", "!?", "nothing that it knows"])
def test_a_text_without_known_words_is_what_is_most_common(scorer: Scorer, text: str) -> None:
    explanation = scorer.explain(text)
    assert explanation.category == "other"
    assert explanation.words == []


def test_the_numbers_survive_saving(tmp_path: Path) -> None:
    MODEL.save(tmp_path)
    loaded = PortableModel.load(tmp_path)
    assert loaded.vocabulary == MODEL.vocabulary
    np.testing.assert_array_equal(loaded.idf, MODEL.idf)
    np.testing.assert_array_equal(loaded.coefficients, MODEL.coefficients)
    np.testing.assert_array_equal(loaded.intercepts, MODEL.intercepts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("#pizza, pizza!\u00a0(Pizza…)", ["pizza", "pizza", "pizza"]),
        ("pizza🍕film_noir", ["pizza", "film", "noir"]),
        ("don't\tSTOP\nnow", ["don", "t", "stop", "now"]),
    ],
)
def test_words_are_runs_of_letters_and_digits_in_lower_case(text: str, words: list[str]) -> None:
    assert split_words(text) == words
