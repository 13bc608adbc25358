"""Words that no template has are found near the keywords."""

import numpy as np
import pytest

from models.categories import OTHER, Categories, load_categories
from training.lexicon import find_lexicon, stretch_words
from training.vectors import WordVectors, load_vectors

CATEGORIES = load_categories()


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return load_vectors(CATEGORIES.category_by_keyword, ["ñandú", "zzyzx9", "the"])


def test_a_lexicon_holds_the_keywords_and_words_near_them(vectors: WordVectors) -> None:
    lexicon = find_lexicon(CATEGORIES, vectors)
    assert list(lexicon) == list(CATEGORIES.names)
    for category, keywords in CATEGORIES.keywords.items():
        assert tuple(lexicon[category][:5]) == keywords
        assert 20 < len(lexicon[category]) <= 60
    assert {"prayer", "religious"} <= set(lexicon["religion"])
    assert {"cooking", "meal"} <= set(lexicon["food"])
    words = [word for category in CATEGORIES.keywords for word in lexicon[category]]
    assert len(words) == len(set(words)), "a word is in two categories"
    assert not set(words) & set(lexicon[OTHER])


def test_other_languages_have_the_keywords_alone(vectors: WordVectors) -> None:
    french = Categories("fr", {"food": ("pizza", "burger"), "music": ("song", "band")})
    lexicon = find_lexicon(french, vectors)
    assert lexicon["food"] == ["pizza", "burger"]
    assert lexicon["music"] == ["song", "band"]


def test_any_word_of_any_language_has_a_vector(vectors: WordVectors) -> None:
    for word in ("ñandú", "zzyzx9"):
        assert np.abs(vectors.embed([word])).sum() > 0
    assert not vectors.embed(["never-heard-of"]).any()
    assert not vectors.embed([]).any()


def test_frequent_words_count_less(vectors: WordVectors) -> None:
    weights = {word: vectors.idf[vectors.row_by_word[word]] for word in ("city", "book", "pizza")}
    assert 0 < weights["city"] < weights["book"] < weights["pizza"] < 1
    assert "the" not in vectors.words
    assert "the" in load_vectors(["the", "pizza"], []).words


def test_a_text_is_the_weighted_sum_of_its_words(vectors: WordVectors) -> None:
    rows = [vectors.row_by_word[word] for word in ("pizza", "city")]
    weights = vectors.idf[rows] * [2, 1]
    expected = (vectors.vectors[rows] * weights[:, None]).sum(axis=0) / np.linalg.norm(weights)
    np.testing.assert_allclose(vectors.embed(["pizza", "city", "unheard-of", "pizza"]), expected)


def test_stretched_spellings_stand_for_their_word(vectors: WordVectors) -> None:
    spellings = stretch_words({"food": ["pizza", "beer"], OTHER: ["war"]})
    assert spellings["pizzaaaa"] == spellings["piiizza"] == "pizza"
    assert spellings["beeeeer"] == spellings["beerrr"] == "beer"
    assert not {"pizza", "beer", "waaar", "pizzzza"} & set(spellings)
    more = vectors.add_spellings(spellings)
    np.testing.assert_array_equal(more.embed(["pizzaaaa"]), vectors.embed(["pizza"]))
    assert more.words[: len(vectors.words)] == vectors.words


def test_a_dimension_of_its_own_sets_a_word_apart(vectors: WordVectors) -> None:
    apart = vectors.add_dimensions(["stairs", "never-heard-of"])
    assert apart.vectors.shape == (len(vectors.words), vectors.vectors.shape[1] + 1)
    assert apart.embed(["stairs"])[-1] > 0
    assert apart.embed(["pizza"])[-1] == 0
