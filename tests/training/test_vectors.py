"""The words of a language, what they mean and how much each counts, from files of the project."""

import hashlib
import re

import numpy as np
import pytest

from models.categories import find_shipped_categories, load_categories
from training.vectors import FOLDER, WordVectors, is_telling, load_vectors

LANGUAGES = ("en", "es")


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return load_vectors("en", load_categories().category_by_keyword, [])


@pytest.mark.parametrize(("lang", "most_bytes"), [("en", 8_000_000), ("es", 3_000_000)])
def test_a_file_is_small_and_the_one_that_its_page_names(lang: str, most_bytes: int) -> None:
    path = FOLDER / f"{lang}.npz"
    assert path.stat().st_size <= most_bytes
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    [sha256] = re.findall(rf"`{lang}\.npz`.*?`([0-9a-f]{{64}})`", page)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_shipped_keyword_has_a_vector(lang: str) -> None:
    categories = find_shipped_categories(lang)
    assert categories
    keywords = categories.category_by_keyword
    known = load_vectors(lang, keywords, [])
    assert known.frequent_count == len(known.words) == len(set(known.words))
    embedded = known.embed([[keyword] for keyword in keywords])
    assert (np.abs(embedded).sum(axis=1) > 0).all()


def test_numbers_and_single_latin_letters_say_nothing() -> None:
    assert not any(map(is_telling, ("a", "ñ", "7", "2026", "½")))
    assert all(map(is_telling, ("ab", "5g", "日", "я", "mp3")))
    known = load_vectors("en", ["x", "7"], ["y"])
    assert {"x", "7"} <= set(known.words)
    assert "y" not in known.words


def test_frequent_words_count_less_in_each_language(vectors: WordVectors) -> None:
    weights = {word: vectors.idf[vectors.row_by_word[word]] for word in ("city", "book", "pizza")}
    assert 0 < weights["city"] < weights["book"] < weights["pizza"] < 1
    assert "the" not in vectors.words
    assert "the" in load_vectors("en", ["the", "pizza"], []).words
    spanish = load_vectors("es", ["pizza"], [])
    assert not {"que", "de", "la", "pero"} & set(spanish.words)
    assert {"iglesia", "canción", "partido"} <= set(spanish.words)


def test_what_has_no_vector_has_a_dimension_of_its_own() -> None:
    known = load_vectors("en", ["pizza", "zzyzx9", "ñandúes"], ["unheardof"])
    assert known.words[known.frequent_count :] == ["zzyzx9", "ñandúes"]
    apart = known.embed([["zzyzx9"], ["ñandúes"], ["unheardof"], []])
    assert np.abs(apart[0]).sum() > 0
    assert apart[0] @ apart[1] == 0
    assert not apart[2:].any()


def test_a_language_without_a_file_knows_nothing_but_what_it_is_told() -> None:
    known = load_vectors("nl", ["regen", "zon"], ["regen", "fiets", "x"])
    assert known.words == ["regen", "zon", "fiets"]
    assert known.frequent_count == 0
    assert known.vectors.shape == (3, 3)


def test_a_text_is_the_weighted_sum_of_its_words(vectors: WordVectors) -> None:
    rows = [vectors.row_by_word[word] for word in ("pizza", "city")]
    weights = vectors.idf[rows] * [2, 1]
    expected = (vectors.vectors[rows] * weights[:, None]).sum(axis=0) / np.linalg.norm(weights)
    [embedded] = vectors.embed([["pizza", "city", "unheard-of", "pizza"]])
    np.testing.assert_allclose(embedded, expected)


def test_a_dimension_of_its_own_sets_a_word_apart(vectors: WordVectors) -> None:
    apart = vectors.add_dimensions(["stairs", "never-heard-of"])
    assert apart.vectors.shape == (len(vectors.words), vectors.vectors.shape[1] + 1)
    stairs, pizza = apart.embed([["stairs"], ["pizza"]])
    assert stairs[-1] > 0
    assert pizza[-1] == 0
