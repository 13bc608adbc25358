"""Two models are compared by the texts that they call differently."""

import pytest
from small_models import build_scorer

from training.compare import compare_scorers, format_comparison
from training.texts import LabelledText

# The second model takes soup for a film, and knows nothing of scenes.
FIRST = build_scorer("v1")
SECOND = build_scorer("v2", soup=(0.0, 3.5, 0.0), scene=(0.0, 0.0, 0.0))

TEXTS = [
    LabelledText("pizza", "food"),
    LabelledText("the scene", "movies"),
    LabelledText("hot\nsoup", "food"),
    LabelledText("soup of a story", "movies"),
    LabelledText("scene of an accident", "other"),
]


def test_both_accuracies_and_who_alone_is_right_are_counted() -> None:
    comparison = compare_scorers(FIRST, SECOND, TEXTS)
    assert comparison.text_count == 5
    assert comparison.differing_count == 4
    assert comparison.only_first_right_count == 2
    assert comparison.only_second_right_count == 2
    assert comparison.first_accuracy == comparison.second_accuracy == 0.6
    assert comparison.chance == 1


def test_differences_come_with_both_answers_and_words_most_certain_first() -> None:
    differences = compare_scorers(FIRST, SECOND, TEXTS).differences
    certainties = [found.first.confidence + found.second.confidence for found in differences]
    assert certainties == sorted(certainties, reverse=True)
    soup = differences[0]
    assert (soup.text, soup.category) == ("hot\nsoup", "food")
    assert (soup.first.category, soup.second.category) == ("food", "movies")
    assert [word for word, _ in soup.first.words] == ["soup"]
    assert soup.second.words == [("soup", pytest.approx(3.5 * 2 / 3, abs=1e-4))]


def test_at_most_twenty_differences_are_kept_but_all_are_counted() -> None:
    comparison = compare_scorers(FIRST, SECOND, [LabelledText("soup", "food")] * 30)
    assert len(comparison.differences) == 20
    assert comparison.differing_count == comparison.only_first_right_count == 30
    assert comparison.chance == 0


@pytest.mark.parametrize(("count", "chance"), [(1, 1), (3, 0.25), (6, 0.0312)])
def test_chance_is_that_of_a_fair_coin(count: int, chance: float) -> None:
    texts = [LabelledText("soup", "food")] * count
    assert compare_scorers(FIRST, SECOND, texts).chance == pytest.approx(chance, abs=1e-4)


def test_equal_models_do_not_differ() -> None:
    comparison = compare_scorers(FIRST, FIRST, TEXTS)
    assert comparison.differing_count == 0
    assert format_comparison(comparison, "v1", "v1").endswith("only v1 on 0.")


def test_the_comparison_is_readable() -> None:
    lines = format_comparison(compare_scorers(FIRST, SECOND, TEXTS[2:3]), "old", "v2").splitlines()
    assert lines == [
        "old: accuracy 1.000",
        "v2: accuracy 0.000",
        "They differ on 1 of 1 texts: only old is right on 1, only v2 on 0.",
        "By chance alone, two equally good models would be this unequal with probability 1.000.",
        "",
        "hot soup",
        "  is about food",
        "  old  food (0.90, right) because of soup +2.00",
        "  v2   movies (0.94, wrong) because of soup +2.33",
    ]
