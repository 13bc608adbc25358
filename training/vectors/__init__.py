"""Word vectors: what a word means as numbers, for more words than any keyword list names.

`<language>.npz` holds the frequent words of a language, how frequent each is, and its vector.
`README.md` says where they come from, and `make.py` makes them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import category, name

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent

# A word counts half when it is this share of all words, and less when it is more frequent.
HALF_WEIGHT_SHARE = 3e-4

# Words that count less are left out: a third of all that is written, without a measurable loss.
LEAST_WEIGHT = 0.2

# The longer a dimension of one's own, the less its use is punished; vectors are about 1 long.
OWN_DIMENSION_LENGTH = 3.0


@dataclass(frozen=True)
class WordVectors:
    """A vocabulary, a vector for each word (row), and how much each word counts (0 to 1).

    The words come in the order of their frequency; the first `frequent_count` of them have a
    meaning in their vectors, the others a dimension of their own.
    """

    words: list[str]
    vectors: NDArray[np.float64]
    idf: NDArray[np.float64]
    frequent_count: int

    def embed(self, texts: Sequence[Iterable[str]]) -> NDArray[np.float64]:
        """Multiply each text's TF-IDF, scaled to length 1, by the vectors; zeros if it has none.

        A text is its words; the answer has a row for each text.
        """
        embedded = np.zeros((len(texts), self.vectors.shape[1]))
        for place, words in enumerate(texts):
            counts = Counter(self.row_by_word[word] for word in words if word in self.row_by_word)
            rows = list(counts)
            weights = np.fromiter(counts.values(), float, len(rows)) * self.idf[rows]
            length = np.sqrt(weights @ weights) or 1.0
            embedded[place] = weights @ self.vectors[rows] / length
        return embedded

    @cached_property
    def row_by_word(self) -> dict[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}

    def add_dimensions(self, words: Iterable[str]) -> "WordVectors":
        """Give words of the vocabulary a dimension each, so that they can mean more than theirs."""
        rows = [self.row_by_word[word] for word in words if word in self.row_by_word]
        dimensions = np.zeros((len(self.words), len(rows)))
        dimensions[rows, range(len(rows))] = OWN_DIMENSION_LENGTH
        return WordVectors(
            self.words, np.hstack([self.vectors, dimensions]), self.idf, self.frequent_count
        )

    def add_spellings(self, words: dict[str, str]) -> "WordVectors":
        """Add spellings of known words, each given with the word that it stands for."""
        spellings = [spelling for spelling in words if spelling not in self.row_by_word]
        rows = [self.row_by_word[words[spelling]] for spelling in spellings]
        return WordVectors(
            [*self.words, *spellings],
            np.vstack([self.vectors, self.vectors[rows]]),
            np.concatenate([self.idf, self.idf[rows]]),
            self.frequent_count,
        )


def load_vectors(lang: str, keywords: Collection[str], corpus_words: Iterable[str]) -> WordVectors:
    """Load the vectors of a language's frequent words, and add the keywords that are not in there.

    A language without a file has its keywords and the words of the corpus, of which nothing is
    known. Words that count next to nothing, such as `the`, single Latin letters and numbers are
    left out unless they are keywords.
    """
    path = FOLDER / f"{lang}.npz"
    known = _read_vectors(path) if path.exists() else _know_nothing()
    more = keywords if path.exists() else [*keywords, *corpus_words]
    kept = [
        row
        for row, word in enumerate(known.words)
        if word in keywords or (known.idf[row] >= LEAST_WEIGHT and is_telling(word))
    ]
    unknown = [
        word
        for word in dict.fromkeys(more)
        if word not in known.row_by_word and (word in keywords or is_telling(word))
    ]
    words = [known.words[row] for row in kept]
    vectors = WordVectors(
        [*words, *unknown],
        np.vstack([known.vectors[kept], np.zeros((len(unknown), known.vectors.shape[1]))]),
        np.concatenate([known.idf[kept], np.ones(len(unknown))]),
        len(words),
    )
    return vectors.add_dimensions(unknown)


def is_telling(word: str) -> bool:
    """Tell whether a word may say what a text is about: no number and no single Latin letter."""
    is_letter = len(word) == 1 and name(word, "").startswith("LATIN")
    return not is_letter and any(category(letter)[0] != "N" for letter in word)


def _read_vectors(path: Path) -> WordVectors:
    with np.load(path, allow_pickle=False) as table:
        words = table["words"].tobytes().decode().split("\n")
        vectors = table["step"] * table["vectors"].T.astype(float)
        share = np.exp(table["log_shares"].astype(float))
    return WordVectors(words, vectors, HALF_WEIGHT_SHARE / (HALF_WEIGHT_SHARE + share), len(words))


def _know_nothing() -> WordVectors:
    return WordVectors([], np.zeros((0, 0)), np.zeros(0), 0)
