"""The words that belong to a category, found from its keywords alone."""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from models.categories import OTHER, Categories
from training.vectors import WordVectors

# A category's words, those nearest to it first.
Lexicon = dict[str, list[str]]

# Rarer words are names and typing errors, whose vectors say little.
_FREQUENT_WORDS = 20_000
_WORD_COUNT = 60
# The words of `other`: known to everybody, but neither said whatever it is about, such as `the`,
# nor near to any category.
_OTHER_RANKS = slice(150, 8_000)
_OTHER_WORD_COUNT = 300

# How often a letter is repeated in words such as `pizzaaaa`.
_STRETCHES = range(2, 9)
_VOWELS = frozenset("aeiou")

# All but the tilde.
_ACCENT = re.compile("[\u0300-\u0302\u0304-\u036f]")


def find_lexicon(categories: Categories, vectors: WordVectors) -> Lexicon:
    """Find the words of each category: its keywords, then the frequent words nearest to it.

    The place of a category is the mean of its keywords, seen from the middle of all words. In a
    language without frequent words there are the keywords alone, and nothing for `other`.
    """
    directions = _point_from_middle(vectors)
    places = np.array(
        [
            directions[[vectors.row_by_word[word] for word in keywords]].mean(axis=0)
            for keywords in categories.keywords.values()
        ]
    )
    frequent = directions[: min(_FREQUENT_WORDS, vectors.frequent_count)]
    nearness = frequent @ _scale_rows(places).T
    nearest = nearness.argmax(axis=1)
    lexicon = {}
    for label, (category, keywords) in enumerate(categories.keywords.items()):
        order = np.argsort(-nearness[:, label], kind="stable")
        near = [vectors.words[row] for row in order if nearest[row] == label]
        words = [*dict.fromkeys([*keywords, *filter(str.isalpha, near)])]
        lexicon[category] = words[: max(_WORD_COUNT, len(keywords))]
    order = np.argsort(nearness[_OTHER_RANKS].max(axis=1), kind="stable")
    lexicon[OTHER] = [vectors.words[_OTHER_RANKS.start + row] for row in order[:_OTHER_WORD_COUNT]]
    return lexicon


def stretch_words(lexicon: Lexicon) -> dict[str, str]:
    """Spell the words as people do who stretch a vowel or the last letter, such as `pizzaaaa`.

    Maps each such spelling to its word. They are in the vocabulary, because to undo them in every
    text would cost as much as all the rest of splitting it.
    """
    return {
        spelling: word
        for category, words in lexicon.items()
        for word in words
        if category != OTHER
        for spelling in _stretch_word(word)
    }


def spell_without_accents(words: Sequence[str]) -> dict[str, str]:
    """Spell words as people do who leave out accents, such as `cancion`; ñ is another letter.

    Maps each such spelling to the first of its words.
    """
    plain = {
        normalize("NFC", _ACCENT.sub("", normalize("NFD", word))): word for word in reversed(words)
    }
    return {spelling: word for spelling, word in plain.items() if spelling != word}


def _stretch_word(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        is_stretched = letter in _VOWELS or place == len(word) - 1
        if is_stretched and letter.isalpha() and word[place + 1 : place + 2] != letter:
            for length in _STRETCHES:
                yield word[:place] + letter * length + word[place + 1 :]


def _point_from_middle(vectors: WordVectors) -> NDArray[np.float64]:
    middle = vectors.idf @ vectors.vectors / vectors.idf.sum()
    return _scale_rows(vectors.vectors - middle)


def _scale_rows(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, 1e-12)
