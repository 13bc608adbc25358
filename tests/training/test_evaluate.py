"""An evaluation says how often a model is right, where it is not, and what else would do."""

import json
from dataclasses import asdict, replace

import pytest
from small_models import CATEGORIES, build_scorer

from training.evaluate import evaluate_texts
from training.evaluation import Evaluation, SliceScores, is_not_worse
from training.tables import format_evaluation
from training.texts import LabelledText

TEXTS = [
    LabelledText("pizza!", "food", "menu"),
    LabelledText("a burger", "food", "menu"),
    LabelledText("hot soup with friends tonight, at last", "food", "diary"),
    LabelledText("the film", "movies", "diary"),
    LabelledText("pizza and a film", "movies", "diary"),
    LabelledText("the scene where pizza, pizza, pizza rains", "movies", "diary"),
    LabelledText("rain", "other"),
    LabelledText("#pizza https://example.com/film", "other"),
]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_texts(build_scorer(), TEXTS, CATEGORIES)


def test_the_confusion_says_what_was_taken_for_what(evaluation: Evaluation) -> None:
    assert list(evaluation.categories) == ["food", "movies", "other"]
    assert evaluation.text_count == 8
    # The burger is unknown, and where nothing is known it is `other`.
    assert evaluation.confusion == [[2, 0, 1], [2, 1, 0], [1, 0, 1]]
    assert evaluation.accuracy.value == 0.5


def test_the_scores_of_a_category_lie_in_their_intervals(evaluation: Evaluation) -> None:
    food = evaluation.categories["food"]
    assert food.text_count == 3
    assert (food.precision.value, food.recall.value) == (0.4, 0.6667)
    assert food.f1.value == 0.5
    for score in (food.precision, food.recall, food.f1, evaluation.accuracy, evaluation.macro_f1):
        assert 0 <= score.low < score.value < score.high <= 1
    f1s = [scores.f1.value for scores in evaluation.categories.values()]
    assert evaluation.macro_f1.value == pytest.approx(sum(f1s) / 3, abs=1e-4)


def test_more_texts_make_the_interval_narrower(evaluation: Evaluation) -> None:
    more = evaluate_texts(build_scorer(), TEXTS * 100, CATEGORIES).accuracy
    assert more.value == evaluation.accuracy.value
    assert more.high - more.low < 0.2 * (evaluation.accuracy.high - evaluation.accuracy.low)
    # Half of 800 texts: 0.5 within two standard errors of 0.0177.
    assert (more.low, more.high) == pytest.approx((0.465, 0.535), abs=0.01)


def test_a_category_without_texts_does_not_count_in_the_mean_f1() -> None:
    evaluation = evaluate_texts(build_scorer(), TEXTS[:1], CATEGORIES)
    assert evaluation.macro_f1.value == 1
    assert evaluation.categories["movies"].text_count == 0


def test_without_other_the_best_of_the_rest_counts() -> None:
    # `rain` makes it other; the scene makes movies the best of the rest.
    texts = [
        LabelledText("rain rain scene", "movies"),
        LabelledText("rain rain scene", "food"),
        LabelledText("rain", "other"),
    ]
    evaluation = evaluate_texts(build_scorer(), texts, CATEGORIES)
    assert evaluation.accuracy.value == pytest.approx(1 / 3, abs=1e-4)
    assert evaluation.accuracy_without_other is not None
    assert evaluation.accuracy_without_other.value == 0.5
    only_other = evaluate_texts(build_scorer(), texts[2:], CATEGORIES)
    assert only_other.accuracy_without_other is None


def test_calibration_compares_confidence_with_how_often_it_is_right(
    evaluation: Evaluation,
) -> None:
    bins = evaluation.calibration.bins
    assert [one.low for one in bins] == pytest.approx([place / 10 for place in range(10)])
    assert sum(one.text_count for one in bins) == 8
    assert bins[0].text_count == 0
    assert bins[0].accuracy is None
    for one in bins:
        if one.confidence is not None:
            assert one.low <= one.confidence <= one.high
    error = sum(
        one.text_count / 8 * abs(one.confidence - one.accuracy)
        for one in bins
        if one.confidence is not None and one.accuracy is not None
    )
    assert evaluation.calibration.expected_error == pytest.approx(error, abs=1e-3)


def test_below_the_threshold_the_most_probable_category_is_judged_by_calibration_alone() -> None:
    texts = [LabelledText("soup", "food")]
    evaluation = evaluate_texts(build_scorer(threshold=0.99), texts, CATEGORIES)
    assert evaluation.accuracy.value == 0
    assert evaluation.coverage[0].accuracy == 0
    [filled] = [one for one in evaluation.calibration.bins if one.text_count]
    assert filled.accuracy == 1


def test_where_everything_is_answered_coverage_is_the_accuracy(evaluation: Evaluation) -> None:
    assert evaluation.coverage[0].answered_share == 1
    assert evaluation.coverage[0].accuracy == evaluation.accuracy.value


def test_coverage_falls_with_the_confidence_that_is_asked_for(evaluation: Evaluation) -> None:
    shares = [point.answered_share for point in evaluation.coverage]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0
    assert [point.confidence for point in evaluation.coverage[:3]] == [0, 0.05, 0.1]


def test_each_kind_of_text_is_scored_apart(evaluation: Evaluation) -> None:
    assert evaluation.slices == {
        "own keyword": SliceScores(4, 0.5, 0.75),
        "wrong keyword only": SliceScores(2, 0, 0),
        "keywords of two categories": SliceScores(1, 0, 0),
        "no keyword": SliceScores(2, 1, 1),
        "very short": SliceScores(6, 0.5, 0.75),
        "hashtags only": SliceScores(1, 0, None),
        "links and handles added": SliceScores(8, 0.5, 0.6667),
    }
    assert evaluation.sources["menu"] == SliceScores(2, 0.5, 1)
    assert list(evaluation.sources) == ["diary", "menu"]


def test_a_slice_without_texts_says_nothing() -> None:
    slices = evaluate_texts(build_scorer(), TEXTS[:1], CATEGORIES).slices
    assert slices["no keyword"] == SliceScores(0, None, None)


def test_the_baselines_know_the_same_texts(evaluation: Evaluation) -> None:
    assert evaluation.majority == "food"
    assert evaluation.majority_baseline.accuracy.value == 0.375
    rule = [CATEGORIES.label_text(text.text) == text.category for text in TEXTS]
    assert evaluation.keyword_baseline.accuracy.value == sum(rule) / 8


def test_agreement_with_the_keyword_rule_is_measured(evaluation: Evaluation) -> None:
    answers = [build_scorer().explain(text.text).category for text in TEXTS]
    agreed = [
        answer == CATEGORIES.label_text(text.text)
        for answer, text in zip(answers, TEXTS, strict=True)
    ]
    assert evaluation.keyword_agreement.all_texts == sum(agreed) / 8
    without_keywords = evaluate_texts(build_scorer(), TEXTS[2:3], CATEGORIES).keyword_agreement
    assert without_keywords.texts_with_keywords is None


def test_the_strongest_words_are_listed_in_one_spelling(evaluation: Evaluation) -> None:
    words = [word for word, _ in evaluation.strongest_words["food"]]
    assert words[:2] == ["pizza", "soup"]
    assert "pizzaaa" not in words


def test_the_most_certain_mistakes_come_first_with_the_words_that_decided(
    evaluation: Evaluation,
) -> None:
    assert len(evaluation.mistakes) == 4
    surest, second = evaluation.mistakes[:2]
    assert surest.text == "#pizza https://example.com/film"
    assert (second.category, second.predicted) == ("movies", "food")
    assert second.text == "the scene where pizza, pizza, pizza rains"
    # `the` and `scene` speak against.
    assert [word for word, _ in second.words] == ["pizza"]
    confidences = [mistake.confidence for mistake in evaluation.mistakes]
    assert confidences == sorted(confidences, reverse=True)
    many = evaluate_texts(build_scorer(), [LabelledText("pizza", "movies")] * 20, CATEGORIES)
    assert len(many.mistakes) == 10


def test_the_same_inputs_give_the_same_bytes(evaluation: Evaluation) -> None:
    again = evaluate_texts(build_scorer("v2"), TEXTS, CATEGORIES, seed=1)
    assert json.dumps(asdict(again)) == json.dumps(asdict(evaluation))
    other_seed = evaluate_texts(build_scorer(), TEXTS, CATEGORIES, seed=2)
    assert other_seed.confusion == evaluation.confusion
    assert other_seed != evaluation


def test_a_model_may_replace_the_live_one_unless_its_accuracy_is_lower(
    evaluation: Evaluation,
) -> None:
    lower = replace(evaluation, accuracy=replace(evaluation.accuracy, value=0.49))
    assert is_not_worse(candidate=evaluation, live=evaluation)
    assert is_not_worse(candidate=evaluation, live=lower)
    assert not is_not_worse(candidate=lower, live=evaluation)


def test_the_table_has_a_line_for_each_category_and_kind(evaluation: Evaluation) -> None:
    table = format_evaluation(evaluation)
    for line in (
        "food                             3     0.400     0.667     0.500",
        "hashtags only                    1     0.000              -",
        "menu                             2     0.500          1.000",
    ):
        assert line in table.splitlines()
    assert table.startswith("accuracy 0.500 (")
    assert all(len(line) <= 100 for line in table.splitlines())
