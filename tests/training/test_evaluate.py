"""Scores say how often predictions are right, overall and for each category."""

import pytest

from models.categories import CATEGORIES
from training.evaluate import CategoryScores, format_scores, score_predictions


def test_all_right_is_one() -> None:
    scores = score_predictions(CATEGORIES, CATEGORIES)
    assert scores.accuracy == scores.macro_f1 == 1
    assert set(scores.categories.values()) == {CategoryScores(1, 1, 1, 1)}


def test_precision_and_recall_are_told_apart() -> None:
    scores = score_predictions(
        expected=["food", "food", "food", "food", "music"],
        predicted=["food", "food", "music", "other", "music"],
    )
    assert scores.accuracy == pytest.approx(3 / 5)
    assert scores.categories["food"] == CategoryScores(1, 1 / 2, pytest.approx(2 / 3), 4)
    assert scores.categories["music"] == CategoryScores(1 / 2, 1, pytest.approx(2 / 3), 1)
    assert scores.categories["other"] == CategoryScores(0, 0, 0, 0)


def test_the_table_has_a_line_for_each_category() -> None:
    table = format_scores(score_predictions(CATEGORIES, CATEGORIES)).splitlines()
    assert [line.split()[0] for line in table] == ["category", *CATEGORIES, "accuracy"]
