"""A saved model applied without Spark, and why it decided."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.registry import PORTABLE, ModelVersion
from models.words import split_words

_VOCABULARY = "vocabulary.json"
_WEIGHTS = "weights.npz"


@dataclass(frozen=True)
class Explanation:
    """What a text is about, how sure the model is (0 to 1), and which words made it so.

    `words` are the text's words that the model knows, strongest first, each with what it adds to
    the log-odds of the category against the average of all categories (below 0: speaks against).
    """

    category: str
    confidence: float
    probabilities: dict[str, float]
    words: list[tuple[str, float]]
    model_version: str


@dataclass(frozen=True)
class PortableModel:
    """The numbers of a fitted pipeline: one coefficient per category (row) and word (column)."""

    vocabulary: list[str]
    idf: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

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
        )

    @classmethod
    def load(cls, folder: Path) -> "PortableModel":
        """Read the model from the folder of a version."""
        vocabulary = json.loads((folder / PORTABLE / _VOCABULARY).read_text())
        with np.load(folder / PORTABLE / _WEIGHTS, allow_pickle=False) as weights:
            return cls(vocabulary, weights["idf"], weights["coefficients"], weights["intercepts"])


class Scorer:
    """Decides as the saved MLlib pipeline does."""

    def __init__(
        self, model: PortableModel, categories: tuple[str, ...], model_version: str
    ) -> None:
        self._categories = categories
        self._model_version = model_version
        self._column_by_word = {word: column for column, word in enumerate(model.vocabulary)}
        # The weight of one occurrence of a word, by word (row) and category (column).
        self._weights = np.ascontiguousarray((model.coefficients * model.idf).T)
        self._intercepts = model.intercepts

    @classmethod
    def load(cls, version: ModelVersion) -> "Scorer":
        """Load the portable copy of a version, which `models.registry.load_version` has checked."""
        return cls(PortableModel.load(version.folder), version.categories, version.version)

    def explain(self, text: str) -> Explanation:
        """Classify a text and say which of its words decided."""
        counts = Counter(word for word in split_words(text) if word in self._column_by_word)
        columns = [self._column_by_word[word] for word in counts]
        # One row per word: what it adds to each category.
        shares = self._weights[columns] * np.array(list(counts.values()), dtype=float)[:, None]
        margins = shares.sum(axis=0) + self._intercepts
        powers = np.exp(margins - margins.max())
        probabilities = powers / powers.sum()
        label = int(probabilities.argmax())
        decisive = shares[:, label] - shares.mean(axis=1)
        words = sorted(zip(counts, decisive.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
        return Explanation(
            category=self._categories[label],
            confidence=float(probabilities[label]),
            probabilities=dict(zip(self._categories, probabilities.tolist(), strict=True)),
            words=words,
            model_version=self._model_version,
        )
