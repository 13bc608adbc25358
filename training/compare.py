"""Two models on the same texts: which is right more often, and where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from models.scorer import Explanation, Scorer
from training.evaluate import find_decisive_words
from training.scores import measure_share, round_score
from training.texts import LabelledText

_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model says of a text, and the words that decided, each with its weight."""

    category: str
    confidence: float
    words: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A text about `category` that the two models give different ones."""

    text: str
    category: str
    first: Answer
    second: Answer


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two models do on `text_count` texts.

    `chance` is how probable so unequal a split of the texts that only one is right on would be if
    both models were equally good (the exact form of McNemar's test). The differences are those
    that the models are most sure of, most sure first.
    """

    text_count: int
    first_accuracy: float
    second_accuracy: float
    differing_count: int
    only_first_right_count: int
    only_second_right_count: int
    chance: float
    differences: list[Difference]


def compare_scorers(first: Scorer, second: Scorer, texts: Sequence[LabelledText]) -> Comparison:
    """Compare two models on texts, of which there must be one at least."""
    answers = [(text, first.explain(text.text), second.explain(text.text)) for text in texts]
    are_right = [
        (one.category == text.category, other.category == text.category)
        for text, one, other in answers
    ]
    only_first = sum(one and not other for one, other in are_right)
    only_second = sum(other and not one for one, other in are_right)
    differing = [found for found in answers if found[1].category != found[2].category]
    differing.sort(key=lambda found: -(found[1].confidence + found[2].confidence))
    return Comparison(
        text_count=len(texts),
        first_accuracy=measure_share([one for one, _ in are_right]) or 0.0,
        second_accuracy=measure_share([other for _, other in are_right]) or 0.0,
        differing_count=len(differing),
        only_first_right_count=only_first,
        only_second_right_count=only_second,
        chance=_compute_chance(only_first, only_second),
        differences=[
            Difference(text.text, text.category, _to_answer(one), _to_answer(other))
            for text, one, other in differing[:_DIFFERENCES]
        ],
    )


def format_comparison(comparison: Comparison, first: str, second: str) -> str:
    """Lay a comparison out for the terminal; `first` and `second` name the models."""
    lines = [
        f"{first}: accuracy {comparison.first_accuracy:.3f}",
        f"{second}: accuracy {comparison.second_accuracy:.3f}",
        f"They differ on {comparison.differing_count:,} of {comparison.text_count:,} texts: "
        f"only {first} is right on {comparison.only_first_right_count:,}, "
        f"only {second} on {comparison.only_second_right_count:,}.",
    ]
    if comparison.only_first_right_count != comparison.only_second_right_count:
        lines.append(
            "By chance alone, two equally good models would be this unequal with probability "
            f"{comparison.chance:.3f}."
        )
    width = max(len(first), len(second))
    for difference in comparison.differences:
        lines += ["", " ".join(difference.text.split()), f"  is about {difference.category}"]
        for name, answer in ((first, difference.first), (second, difference.second)):
            lines.append(f"  {name:<{width}}  {_format_answer(answer, difference.category)}")
    return "\n".join(lines)


def _compute_chance(only_first: int, only_second: int) -> float:
    """Say how often a fair coin, tossed for each text that one is right on, is so unequal."""
    count = only_first + only_second
    tail = sum(comb(count, heads) for heads in range(min(only_first, only_second) + 1))
    return round_score(min(1.0, 2 * tail / 2**count))


def _to_answer(explanation: Explanation) -> Answer:
    return Answer(
        explanation.category,
        round_score(explanation.confidence),
        find_decisive_words(explanation),
    )


def _format_answer(answer: Answer, category: str) -> str:
    verdict = "right" if answer.category == category else "wrong"
    words = ", ".join(f"{word} {weight:+.2f}" for word, weight in answer.words)
    because = f" because of {words}" if words else ", as no word of it speaks for another"
    return f"{answer.category} ({answer.confidence:.2f}, {verdict}){because}"
