"""Words that no template has are found near the keywords."""

import numpy as np
import pytest

from models.categories import OTHER, Categories, find_shipped_categories, load_categories
from training.lexicon import find_lexicon, spell_without_accents, stretch_words
from training.vectors import WordVectors, load_vectors

CATEGORIES = load_categories()


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return load_vectors("en", CATEGORIES.category_by_keyword, [])


def test_a_lexicon_holds_the_keywords_and_words_near_them(vectors: WordVectors) -> None:
    lexicon = find_lexicon(CATEGORIES, vectors)
    assert list(lexicon) == list(CATEGORIES.names)
    for category, keywords in CATEGORIES.keywords.items():
        assert tuple(lexicon[category][:5]) == keywords
        assert 20 < len(lexicon[category]) <= 60
    assert {"prayer", "religious"} <= set(lexicon["religion"])
    assert {"burgers", "restaurants"} <= set(lexicon["food"])
    words = [word for category in CATEGORIES.keywords for word in lexicon[category]]
    assert len(words) == len(set(words)), "a word is in two categories"
    assert not set(words) & set(lexicon[OTHER])


def test_spanish_has_a_lexicon_of_its_own() -> None:
    spanish = find_shipped_categories("es")
    assert spanish
    lexicon = find_lexicon(spanish, load_vectors("es", spanish.category_by_keyword, []))
    assert {"cristiana", "iglesias"} <= set(lexicon["religion"])
    assert {"entrenador", "jugadores"} & set(lexicon["sports"])
    assert all(len(lexicon[category]) > 20 for category in spanish.names)


def test_a_language_without_vectors_has_the_keywords_alone() -> None:
    dutch = Categories("nl", {"weer": ("regen", "zon"), "fietsen": ("fiets", "pedaal")})
    words = ["regen", "fiets", "de", "x", "12"]
    lexicon = find_lexicon(dutch, load_vectors("nl", dutch.category_by_keyword, words))
    assert lexicon == {"weer": ["regen", "zon"], "fietsen": ["fiets", "pedaal"], OTHER: []}


def test_stretched_spellings_stand_for_their_word(vectors: WordVectors) -> None:
    spellings = stretch_words({"food": ["pizza", "beer"], OTHER: ["war"]})
    assert spellings["pizzaaaa"] == spellings["piiizza"] == "pizza"
    assert spellings["beeeeer"] == spellings["beerrr"] == "beer"
    assert not {"pizza", "beer", "waaar", "pizzzza"} & set(spellings)
    more = vectors.add_spellings(spellings)
    np.testing.assert_array_equal(more.embed([["pizzaaaa"]]), vectors.embed([["pizza"]]))
    assert more.words[: len(vectors.words)] == vectors.words


def test_words_are_known_without_their_accents() -> None:
    spellings = spell_without_accents(["canción", "año", "pingüino", "pizza", "cancíon"])
    assert spellings == {"cancion": "canción", "pinguino": "pingüino"}
