"""How good a model is: accuracy, and precision, recall and F1 of each category."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from models.categories import CATEGORIES
from models.registry import ModelVersion
from models.scorer import Scorer
from producer.sources.synthetic import generate_texts
from training.corpus import label_texts


@dataclass(frozen=True, slots=True)
class CategoryScores:
    """How well one category is found, each score from 0 to 1, in `text_count` texts about it."""

    precision: float
    recall: float
    f1: float
    text_count: int


@dataclass(frozen=True, slots=True)
class Scores:
    """How well all categories are found; `macro_f1` is the mean of the categories' F1."""

    accuracy: float
    macro_f1: float
    categories: dict[str, CategoryScores]


def evaluate_version(version: ModelVersion) -> Scores:
    """Test a saved version, without Spark, on the texts that its training held out."""
    data = version.card["data"]
    held_out = set(data["test_templates"])
    written = islice(generate_texts(version.card["seed"]), data["text_count"])
    texts = label_texts(text for text in written if text.template in held_out)
    scorer = Scorer.load(version)
    predicted = [scorer.explain(text.text).category for text in texts]
    return score_predictions([text.category for text in texts], predicted)


def score_predictions(expected: Sequence[str], predicted: Sequence[str]) -> Scores:
    """Compare the predicted category of each text with the expected one."""
    pairs = Counter(zip(expected, predicted, strict=True))
    categories = {
        category: _score_category(
            hits=pairs[category, category],
            expected_count=sum(n for (wanted, _), n in pairs.items() if wanted == category),
            predicted_count=sum(n for (_, got), n in pairs.items() if got == category),
        )
        for category in CATEGORIES
    }
    hits = sum(pairs[category, category] for category in CATEGORIES)
    return Scores(
        accuracy=_divide(hits, len(expected)),
        macro_f1=sum(scores.f1 for scores in categories.values()) / len(categories),
        categories=categories,
    )


def format_scores(scores: Scores) -> str:
    """Lay scores out as a table for the terminal."""
    lines = [f"{'category':<12} {'precision':>9} {'recall':>9} {'F1':>9} {'texts':>9}"]
    lines += [
        f"{category:<12} {row.precision:>9.3f} {row.recall:>9.3f} {row.f1:>9.3f} "
        f"{row.text_count:>9,}"
        for category, row in scores.categories.items()
    ]
    return "\n".join([*lines, f"accuracy {scores.accuracy:.3f}, mean F1 {scores.macro_f1:.3f}"])


def _score_category(hits: int, expected_count: int, predicted_count: int) -> CategoryScores:
    return CategoryScores(
        precision=_divide(hits, predicted_count),
        recall=_divide(hits, expected_count),
        f1=_divide(2 * hits, expected_count + predicted_count),
        text_count=expected_count,
    )


def _divide(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
