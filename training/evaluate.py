"""Measure how good a model is on texts whose category is known."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.categories import OTHER, Categories
from models.scorer import Explanation, Scorer
from training.evaluation import Agreement, Baseline, Evaluation, Mistake, SliceScores
from training.noise import add_noise
from training.scores import (
    measure_share,
    round_score,
    score_calibration,
    score_confusion,
    score_coverage,
    score_share,
)
from training.slices import SLICES, find_slices
from training.texts import LabelledText

_STRONGEST_WORDS = 20
_MISTAKES = 10
_DECISIVE_WORDS = 3

# A long vowel or last letter makes dozens of spellings of a strong word, each as strong.
_SEARCHED_WORDS = 100 * _STRONGEST_WORDS
_REPEATED_LETTER = re.compile(r"(.)\1+")

# Of all texts, some with what networks put around them.
WITH_NOISE = "links and handles added"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text, what the model says of it, and what the keywords say."""

    text: LabelledText
    answer: Explanation
    most_probable: str
    most_probable_but_other: str
    keywords: Counter[str]
    keyword_category: str


def evaluate_texts(
    scorer: Scorer, texts: Sequence[LabelledText], categories: Categories, seed: int = 1
) -> Evaluation:
    """Measure how good a model is on texts, of which there must be one at least.

    The same model, texts and seed give the same evaluation.
    """
    rng = np.random.default_rng(seed)
    judged = [_judge(scorer, text, categories) for text in texts]
    names = scorer.categories
    confusion = _count_pairs(judged, names, [one.answer.category for one in judged])
    scores = score_confusion(confusion, names, rng)
    confidences = [one.answer.confidence for one in judged]
    noisy = [_judge(scorer, text, categories) for text in add_noise(texts, seed)]
    majority = names[int(confusion.sum(axis=1).argmax())]
    return Evaluation(
        text_count=len(judged),
        accuracy=scores.accuracy,
        accuracy_without_other=score_share(_judge_without_other(judged), rng),
        macro_f1=scores.macro_f1,
        categories=scores.categories,
        confusion=confusion.tolist(),
        calibration=score_calibration(
            confidences, [one.most_probable == one.text.category for one in judged]
        ),
        coverage=score_coverage(
            confidences, [one.answer.category == one.text.category for one in judged]
        ),
        slices={**_score_slices(judged), WITH_NOISE: _score_slice(noisy)},
        sources=_score_sources(judged),
        majority=majority,
        majority_baseline=_score_baseline(judged, names, [majority] * len(judged), rng),
        keyword_baseline=_score_baseline(
            judged, names, [one.keyword_category for one in judged], rng
        ),
        keyword_agreement=_measure_agreement(judged),
        strongest_words={name: _find_strongest_words(scorer, name) for name in names},
        mistakes=_find_mistakes(judged),
    )


def find_decisive_words(answer: Explanation) -> list[tuple[str, float]]:
    """Name the up to three words that speak most for an answer, strongest first."""
    for_it = [(word, round_score(weight)) for word, weight in answer.words if weight > 0]
    return for_it[:_DECISIVE_WORDS]


def _judge(scorer: Scorer, text: LabelledText, categories: Categories) -> _Judged:
    answer = scorer.explain(text.text)
    by_category = answer.probabilities
    return _Judged(
        text=text,
        answer=answer,
        most_probable=max(by_category, key=by_category.__getitem__),
        most_probable_but_other=max(
            (name for name in by_category if name != OTHER), key=by_category.__getitem__
        ),
        keywords=categories.find_keywords(text.text),
        keyword_category=categories.label_text(text.text),
    )


def _count_pairs(
    judged: Sequence[_Judged], names: Sequence[str], predicted: Sequence[str]
) -> NDArray[np.int64]:
    label_by_name = {name: label for label, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), np.int64)
    for one, category in zip(judged, predicted, strict=True):
        counts[label_by_name[one.text.category], label_by_name[category]] += 1
    return counts


def _judge_without_other(judged: Iterable[_Judged]) -> list[bool]:
    return [
        one.most_probable_but_other == one.text.category
        for one in judged
        if one.text.category != OTHER
    ]


def _score_slices(judged: Sequence[_Judged]) -> dict[str, SliceScores]:
    kinds = [find_slices(one.text, one.keywords) for one in judged]
    return {
        kind: _score_slice([one for one, own in zip(judged, kinds, strict=True) if kind in own])
        for kind in SLICES
    }


def _score_sources(judged: Sequence[_Judged]) -> dict[str, SliceScores]:
    sources = sorted({one.text.source for one in judged if one.text.source is not None})
    return {
        source: _score_slice([one for one in judged if one.text.source == source])
        for source in sources
    }


def _score_slice(judged: Sequence[_Judged]) -> SliceScores:
    return SliceScores(
        text_count=len(judged),
        accuracy=measure_share([one.answer.category == one.text.category for one in judged]),
        accuracy_without_other=measure_share(_judge_without_other(judged)),
    )


def _score_baseline(
    judged: Sequence[_Judged],
    names: Sequence[str],
    predicted: Sequence[str],
    rng: np.random.Generator,
) -> Baseline:
    scores = score_confusion(_count_pairs(judged, names, predicted), names, rng)
    return Baseline(scores.accuracy, scores.macro_f1)


def _measure_agreement(judged: Sequence[_Judged]) -> Agreement:
    agreed = [one.answer.category == one.keyword_category for one in judged]
    with_keywords = [agrees for agrees, one in zip(agreed, judged, strict=True) if one.keywords]
    return Agreement(round_score(sum(agreed) / len(agreed)), measure_share(with_keywords))


def _find_strongest_words(scorer: Scorer, category: str) -> list[tuple[str, float]]:
    """List the strongest words, each in one spelling: `pizza`, and not `pizzaaa` as well."""
    words: dict[tuple[str, float], str] = {}
    for word, weight in scorer.find_strongest_words(category, _SEARCHED_WORDS):
        words.setdefault((_REPEATED_LETTER.sub(r"\1", word), round_score(weight)), word)
        if len(words) == _STRONGEST_WORDS:
            break
    return [(word, weight) for (_, weight), word in words.items()]


def _find_mistakes(judged: Iterable[_Judged]) -> list[Mistake]:
    wrong = [one for one in judged if one.answer.category != one.text.category]
    # Equally certain ones stay in the order of the texts.
    wrong.sort(key=lambda one: -one.answer.confidence)
    return [
        Mistake(
            text=one.text.text,
            category=one.text.category,
            predicted=one.answer.category,
            confidence=round_score(one.answer.confidence),
            words=find_decisive_words(one.answer),
        )
        for one in wrong[:_MISTAKES]
    ]
