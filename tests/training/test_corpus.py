"""Texts are labelled by their keywords and held out by template."""

from itertools import islice

import pytest

from models.categories import CATEGORIES, KEYWORDS
from producer.sources.synthetic import SyntheticText, generate_texts
from training.corpus import CorpusError, build_corpus, count_categories


def write_texts(
    templates_per_category: int = 5, texts_per_template: int = 3
) -> list[SyntheticText]:
    """Write plain texts about every category, each template with texts of its own."""
    words = {category: KEYWORDS.get(category, ("nothing",))[0] for category in CATEGORIES}
    return [
        SyntheticText(f"{word} {number} {repetition}", f"{category} {number}", "en")
        for category, word in words.items()
        for number in range(templates_per_category)
        for repetition in range(texts_per_template)
    ]


def test_one_template_in_five_of_each_category_is_held_out() -> None:
    corpus = build_corpus(write_texts())
    assert count_categories(corpus.train) == dict.fromkeys(CATEGORIES, 12)
    assert count_categories(corpus.test) == dict.fromkeys(CATEGORIES, 3)


def test_no_template_is_on_both_sides() -> None:
    corpus = build_corpus(islice(generate_texts(seed=1), 5_000))
    train = {text.template for text in corpus.train}
    test = {text.template for text in corpus.test}
    assert not train & test
    assert len(corpus.train) + len(corpus.test) == 5_000
    assert 0.1 < len(corpus.test) / 5_000 < 0.3


def test_a_text_is_labelled_by_its_keywords_not_by_its_template() -> None:
    written = [*write_texts(), SyntheticText("a PIZZA!", "music 0", "en")]
    corpus = build_corpus(written)
    assert [t.category for t in corpus.train + corpus.test if t.text == "a PIZZA!"] == ["food"]


def test_new_templates_leave_most_held_out_ones_in_place() -> None:
    before = {text.template for text in build_corpus(write_texts(50)).test}
    after = {text.template for text in build_corpus(write_texts(55)).test}
    assert len(before & after) > 0.8 * len(before)


def test_too_few_texts_are_a_sentence() -> None:
    with pytest.raises(CorpusError, match=r"^9 texts hold none about .*technology.*--texts\.$"):
        build_corpus(write_texts(3, 3)[:9])


def test_a_category_without_held_out_texts_is_a_sentence() -> None:
    with pytest.raises(CorpusError, match="to test on; ask for more"):
        build_corpus(write_texts(templates_per_category=1))
