"""What is known about how good a model is on some texts, and when that is good enough."""

from dataclasses import dataclass

from training.scores import Calibration, CategoryScores, CoveragePoint, Score


@dataclass(frozen=True, slots=True)
class SliceScores:
    """How good a model is on some of the texts; nothing is known where there are none.

    `accuracy_without_other` is how often the most probable category that is not `other` is right
    for texts that are about one.
    """

    text_count: int
    accuracy: float | None
    accuracy_without_other: float | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """How good it is to know no more than this on the same texts."""

    accuracy: Score
    macro_f1: Score


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often model and keyword rule say the same: on all texts, and on those with a keyword."""

    all_texts: float
    texts_with_keywords: float | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text that was given another category, and the words that decided, each with its weight."""

    text: str
    category: str
    predicted: str
    confidence: float
    words: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on `text_count` texts.

    A row of the confusion is a text's category, a column the predicted one, in the order of
    `categories`. The majority is the category that most texts have.
    """

    text_count: int
    accuracy: Score
    accuracy_without_other: Score | None
    macro_f1: Score
    categories: dict[str, CategoryScores]
    confusion: list[list[int]]
    calibration: Calibration
    coverage: list[CoveragePoint]
    slices: dict[str, SliceScores]
    sources: dict[str, SliceScores]
    majority: str
    majority_baseline: Baseline
    keyword_baseline: Baseline
    keyword_agreement: Agreement
    strongest_words: dict[str, list[tuple[str, float]]]
    mistakes: list[Mistake]


def is_not_worse(candidate: Evaluation, live: Evaluation) -> bool:
    """Tell whether a model may replace the live one, both evaluated on the same texts.

    It may if its accuracy is not lower; a tie passes. The intervals do not count: a model that is
    worse only by chance stays out as well, unless it is promoted by name.
    """
    return candidate.accuracy.value >= live.accuracy.value
