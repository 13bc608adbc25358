"""The texts to learn from are written from templates, and from words near the keywords."""

import pytest

from models.categories import OTHER, load_categories
from training.corpus import (
    CorpusError,
    count_categories,
    find_common_words,
    find_context_words,
    find_other_senses,
    find_words,
    write_loose_texts,
    write_texts,
)
from training.texts import LabelledText

CATEGORIES = load_categories()


def test_a_text_is_labelled_with_what_it_was_written_about() -> None:
    texts = write_texts(CATEGORIES, seed=1, text_count=3_000)
    assert all(count_categories(texts, CATEGORIES).values())
    # Those about two categories are left out.
    assert 2_700 < len(texts) < 3_000
    about = [text for text in texts if text.category != OTHER]
    without_keyword = [text for text in about if not CATEGORIES.find_keywords(text.text)]
    assert 0.35 < len(without_keyword) / len(about) < 0.55


def test_the_same_seed_gives_the_same_texts() -> None:
    assert write_texts(CATEGORIES, 1, 500) == write_texts(CATEGORIES, 1, 500)
    assert write_texts(CATEGORIES, 1, 500) != write_texts(CATEGORIES, 2, 500)


def test_too_few_texts_are_a_sentence() -> None:
    with pytest.raises(CorpusError, match=r"^3 texts hold none about .*; .* --text-count\.$"):
        write_texts(CATEGORIES, seed=1, text_count=3)


def test_loose_texts_hold_words_of_their_category_among_common_ones() -> None:
    texts = write_texts(CATEGORIES, seed=1, text_count=2_000)
    lexicon = {name: [f"{name}ish"] for name in CATEGORIES.names}
    loose = list(write_loose_texts(texts, lexicon, CATEGORIES, seed=1))
    counts = count_categories(loose, CATEGORIES)
    assert len(set(counts.values())) == 1
    assert set(counts) == set(CATEGORIES.names)
    common_words = set(find_common_words(texts))
    for text in loose:
        keywords = CATEGORIES.keywords.get(text.category, ())
        words = set(text.text.split())
        assert f"{text.category}ish" in words
        assert words <= {f"{text.category}ish", *keywords, *common_words}


def test_common_words_are_said_whatever_it_is_about() -> None:
    texts = [LabelledText(f"the {name} thing", name) for name in CATEGORIES.names]
    assert find_common_words(texts) == ["the", "thing"]


def test_words_of_one_text_are_not_learned() -> None:
    texts = [LabelledText("pizza @anna https://t.co/x9", "food")] * 5
    assert find_words([*texts, LabelledText("once", "food")]) == ["pizza"]


def test_words_beside_keywords_in_another_sense_are_found() -> None:
    stairs = [LabelledText(f"the flight of stairs number {n}", OTHER) for n in range(10)]
    texts = [*stairs, LabelledText("a flight to Rome", "travel"), LabelledText("hello", OTHER)]
    assert find_other_senses(texts, CATEGORIES) == stairs
    lexicon = {"travel": ["flight", "number"], OTHER: ["stairs"]}
    assert find_context_words(stairs, lexicon) == ["of", "stairs", "the"]
