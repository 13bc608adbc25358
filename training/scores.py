"""Scores from counts: right and wrong, confident and not.

Shares, accuracies and other scores are from 0 to 1; all numbers are rounded, so that the same
inputs give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DIGITS = 4
_RESAMPLES = 1_000
# What lies between them is the 95 % interval.
_EDGES = (0.025, 0.975)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """A score, and the interval that it would be in 95 of 100 times with other texts like these."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CategoryScores:
    """How well one category is found in `text_count` texts about it."""

    text_count: int
    precision: Score
    recall: Score
    f1: Score


@dataclass(frozen=True, slots=True)
class ConfusionScores:
    """What follows from how often texts about one category were given another.

    `macro_f1` is the mean F1 of those categories that there are texts about.
    """

    accuracy: Score
    macro_f1: Score
    categories: dict[str, CategoryScores]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Texts whose confidence is at least `low` and below `high` (the last one: up to 1).

    A calibrated model is right as often as it is confident; nothing is known of an empty bin.
    """

    low: float
    high: float
    text_count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the confidence is from how often the most probable category is right.

    `expected_error` is the mean distance of the two over all texts.
    """

    expected_error: float
    bins: list[CalibrationBin]


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """The share of texts that are answered, and how often rightly, from a confidence upwards."""

    confidence: float
    answered_share: float
    accuracy: float


def score_confusion(
    confusion: NDArray[np.int64], names: Sequence[str], rng: np.random.Generator
) -> ConfusionScores:
    """Score counts of texts by their category (row) and the predicted one (column).

    What was never predicted has a precision of 0. To draw as many texts again, with replacement,
    is to draw from the shares of these counts.
    """
    text_count = int(confusion.sum())
    drawn = rng.multinomial(text_count, (confusion / text_count).ravel(), _RESAMPLES)
    samples = np.concatenate([confusion[None], drawn.reshape(-1, *confusion.shape)])
    hits = np.diagonal(samples, axis1=1, axis2=2)
    expected, predicted = samples.sum(axis=2), samples.sum(axis=1)
    precision, recall = _divide(hits, predicted), _divide(hits, expected)
    f1 = _divide(2 * hits, expected + predicted)
    return ConfusionScores(
        accuracy=_summarize(hits.sum(axis=1) / text_count),
        macro_f1=_summarize(f1[:, expected[0] > 0].mean(axis=1)),
        categories={
            name: CategoryScores(
                text_count=int(expected[0, label]),
                precision=_summarize(precision[:, label]),
                recall=_summarize(recall[:, label]),
                f1=_summarize(f1[:, label]),
            )
            for label, name in enumerate(names)
        },
    )


def score_share(are_right: Sequence[bool], rng: np.random.Generator) -> Score | None:
    """Score how often something is right; nothing is known where there is nothing."""
    if not are_right:
        return None
    value = sum(are_right) / len(are_right)
    drawn = rng.binomial(len(are_right), value, _RESAMPLES) / len(are_right)
    return _summarize(np.concatenate([[value], drawn]))


def measure_share(are_right: Sequence[bool]) -> float | None:
    """Say how often something is right; nothing is known where there is nothing."""
    return round_score(sum(are_right) / len(are_right)) if are_right else None


def score_calibration(confidences: Sequence[float], are_right: Sequence[bool]) -> Calibration:
    """Compare the confidence in each answer with whether it is right."""
    sure, right = np.array(confidences), np.array(are_right, float)
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    bins, error = [], 0.0
    for place in range(_BINS):
        is_here = places == place
        count = int(is_here.sum())
        means: tuple[float, float] | None = None
        if count:
            means = float(sure[is_here].mean()), float(right[is_here].mean())
            error += count / len(sure) * abs(means[0] - means[1])
        bins.append(
            CalibrationBin(
                low=place / _BINS,
                high=(place + 1) / _BINS,
                text_count=count,
                confidence=round_score(means[0]) if means else None,
                accuracy=round_score(means[1]) if means else None,
            )
        )
    return Calibration(round_score(error), bins)


def score_coverage(confidences: Sequence[float], are_right: Sequence[bool]) -> list[CoveragePoint]:
    """Say what is left of the answers, and how good they are, from twenty confidences upwards.

    There is no point where nothing is answered.
    """
    sure, right = np.array(confidences), np.array(are_right, float)
    points = []
    for step in range(20):
        is_answered = sure >= step / 20
        if is_answered.any():
            points.append(
                CoveragePoint(
                    confidence=step / 20,
                    answered_share=round_score(is_answered.mean()),
                    accuracy=round_score(right[is_answered].mean()),
                )
            )
    return points


def round_score(value: float | np.floating[Any]) -> float:
    """Round so far that no machine's way to add shows."""
    return round(float(value), _DIGITS)


def _divide(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(parts, wholes, out=np.zeros(parts.shape), where=wholes > 0)


def _summarize(samples: NDArray[np.float64]) -> Score:
    """Take the first as the value, and the interval from all that were drawn."""
    low, high = np.quantile(samples[1:], _EDGES)
    return Score(round_score(samples[0]), round_score(low), round_score(high))
