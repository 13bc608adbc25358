"""The texts that a version is judged by, and whether it may replace the live one."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from models.categories import Categories
from models.registry import (
    ModelVersion,
    RegistryError,
    load_version,
    promote,
    read_current,
    refuse,
)
from models.scorer import Scorer
from producer.sources.synthetic import generate_texts
from training.evaluate import evaluate_texts
from training.evaluation import Evaluation, is_not_worse
from training.texts import LabelledText, read_texts, read_written_texts

# The names of texts that come with the project.
WRITTEN = "hand-written tweets"
SYNTHETIC = "synthetic tweets"

_SYNTHETIC_COUNT = 2_000


class NotPromoted(Exception):
    """A version that is worse than the live one; the message says how much."""


def gather_texts(categories: Categories, file: Path | None = None) -> dict[str, list[LabelledText]]:
    """Gather texts to judge a model by, under their names, those that say most first.

    They are those of a file, or else those written by hand for these categories, if any, and
    synthetic ones. Those about the shipped English categories have other templates than the
    training's; for others, both are made with the same frames.
    """
    if file:
        return {file.name: read_texts(file, categories.names)}
    written = read_written_texts(categories)
    synthetic = [
        LabelledText(text.text, text.category)
        for text in islice(generate_texts(0, categories), _SYNTHETIC_COUNT)
    ]
    return {**({WRITTEN: written} if written else {}), SYNTHETIC: synthetic}


def evaluate_version(version: ModelVersion, file: Path | None = None) -> dict[str, Evaluation]:
    """Judge a saved version, without Spark, by each of the texts that `gather_texts` finds."""
    categories = read_categories(version)
    scorer = Scorer.load(version)
    return {
        name: evaluate_texts(scorer, texts, categories)
        for name, texts in gather_texts(categories, file).items()
    }


def read_categories(version: ModelVersion) -> Categories:
    """Read from its card what a version was made for."""
    try:
        keywords = {name: tuple(words) for name, words in version.card["keywords"].items()}
        return Categories(version.card["lang"], keywords)
    except (KeyError, AttributeError, TypeError):
        raise refuse(version.folder, "its card names no keywords or no language") from None


def promote_if_not_worse(root: Path, version: str, file: Path | None = None) -> str:
    """Make a version live, and say in a sentence why it may be.

    Raises `NotPromoted` if it is worse than the live one on the first of the texts that
    `gather_texts` finds. A live version that cannot be used, or that has other categories, is no
    reason to wait.
    """
    candidate = load_version(root, version)
    live = _load_live(root)
    if live is None or live.version == version:
        reason = "there is none to compare it with"
    elif set(live.categories) != set(candidate.categories):
        reason = f"{live.version} has other categories"
    else:
        name, texts = next(iter(gather_texts(read_categories(candidate), file).items()))
        reason = _compare_accuracy(candidate, live, texts) + f" on the {name}"
    promote(root, version)
    return f"{version} is live: {reason}."


def _load_live(root: Path) -> ModelVersion | None:
    current = read_current(root)
    try:
        return load_version(root, current) if current else None
    except RegistryError:
        return None


def _compare_accuracy(
    candidate: ModelVersion, live: ModelVersion, texts: Sequence[LabelledText]
) -> str:
    categories = read_categories(candidate)
    one, other = (
        evaluate_texts(Scorer.load(version), texts, categories) for version in (candidate, live)
    )
    comparison = f"{one.accuracy.value:.3f} against {other.accuracy.value:.3f} of {live.version}"
    if not is_not_worse(one, other):
        raise NotPromoted(
            f"{candidate.version} is not promoted: its accuracy is {comparison} on "
            f"{len(texts):,} texts. Keep {live.version}, or promote it all the same with --force."
        )
    return f"its accuracy is {comparison}"
