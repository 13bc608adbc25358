"""A saved model applied without Spark, and why it decided."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.categories import OTHER
from models.registry import PORTABLE, ModelVersion, refuse
from models.words import split_words

_VOCABULARY = "vocabulary.json"
_WEIGHTS = "weights.npz"

# A second category is named when it is at least this probable, as a share of the first.
_RUNNER_UP_SHARE = 0.4


@dataclass(frozen=True)
class Explanation:
    """What a text is about, how sure the model is (0 to 1), and which words made it so.

    The category is `other` where the highest probability, which is the confidence, is below the
    model's threshold. `runner_up` is the second category of a text that is about two. `words` are
    the text's words that the model knows, strongest first, each with what it adds to the log-odds
    of the most probable category against the average of all (below 0: speaks against).
    """

    category: str
    confidence: float
    probabilities: dict[str, float]
    runner_up: str | None
    words: list[tuple[str, float]]
    model_version: str


@dataclass(frozen=True)
class PortableModel:
    """The numbers of a fitted pipeline: one coefficient per category (row) and word (column).

    Below the `threshold`, a probability, the answer is `other`.
    """

    vocabulary: list[str]
    idf: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    threshold: float

    def save(self, folder: Path) -> None:
        """Write the model into the folder of a version."""
        portable = folder / PORTABLE
        portable.mkdir()
        (portable / _VOCABULARY).write_text(json.dumps(self.vocabulary))
        np.savez(
            portable / _WEIGHTS,
            idf=self.idf,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            threshold=self.threshold,
        )

    @classmethod
    def load(cls, folder: Path) -> "PortableModel":
        """Read the model from the folder of a version; raise `RegistryError` if it holds none."""
        try:
            vocabulary = json.loads((folder / PORTABLE / _VOCABULARY).read_text())
            with np.load(folder / PORTABLE / _WEIGHTS, allow_pickle=False) as weights:
                return cls(
                    vocabulary,
                    weights["idf"],
                    weights["coefficients"],
                    weights["intercepts"],
                    float(weights["threshold"]),
                )
        except (OSError, ValueError, KeyError) as error:
            raise refuse(folder, f"its {PORTABLE} copy is not readable ({error!r})") from None


class Scorer:
    """Decides as the saved MLlib pipeline does."""

    def __init__(
        self, model: PortableModel, categories: tuple[str, ...], model_version: str
    ) -> None:
        self.categories = categories
        self._model_version = model_version
        self._model = model
        self._column_by_word = {word: column for column, word in enumerate(model.vocabulary)}
        # By word (row) and category (column): the rows of one text lie together in memory.
        self._weights = np.ascontiguousarray(model.coefficients.T)

    @classmethod
    def load(cls, version: ModelVersion) -> "Scorer":
        """Load the portable copy of a version, which `models.registry.load_version` has checked."""
        model = PortableModel.load(version.folder)
        if model.coefficients.shape != (len(version.categories), len(model.vocabulary)):
            raise refuse(version.folder, "its card names other categories than its model has")
        return cls(model, version.categories, version.version)

    def explain(self, text: str) -> Explanation:
        """Classify a text and say which of its words decided."""
        counts = Counter(word for word in split_words(text) if word in self._column_by_word)
        columns = [self._column_by_word[word] for word in counts]
        frequencies = np.fromiter(counts.values(), float, len(counts)) * self._model.idf[columns]
        # One row per word: what it adds to each category.
        length = np.sqrt(frequencies @ frequencies) or 1.0
        shares = self._weights[columns] * (frequencies / length)[:, None]
        probabilities = _to_probabilities(shares.sum(axis=0) + self._model.intercepts)
        label = int(probabilities.argmax())
        decisive = shares[:, label] - shares.mean(axis=1)
        words = sorted(zip(counts, decisive.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
        confidence = float(probabilities[label])
        category = self.categories[label] if confidence >= self._model.threshold else OTHER
        by_category = dict(zip(self.categories, probabilities.tolist(), strict=True))
        return Explanation(
            category=category,
            confidence=confidence,
            probabilities=by_category,
            runner_up=_find_runner_up(category, by_category),
            words=words,
            model_version=self._model_version,
        )

    def find_strongest_words(self, category: str, count: int) -> list[tuple[str, float]]:
        """List the words that speak most for a category, strongest first.

        The weight is what the word, alone in a text, adds to the log-odds of the category against
        the average of all.
        """
        label = self.categories.index(category)
        decisive = self._weights[:, label] - self._weights.mean(axis=1)
        strongest = np.argsort(-decisive, kind="stable")[:count]
        return [(self._model.vocabulary[column], float(decisive[column])) for column in strongest]


def _to_probabilities(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(margins - margins.max())
    return np.asarray(powers / powers.sum())


def _find_runner_up(category: str, probabilities: dict[str, float]) -> str | None:
    others = {name: p for name, p in probabilities.items() if name not in (category, OTHER)}
    if category == OTHER or not others:
        return None
    second = max(others, key=others.__getitem__)
    return second if others[second] >= _RUNNER_UP_SHARE * probabilities[category] else None
