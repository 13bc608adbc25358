import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from models.categories import OTHER, load_categories
from producer.sources.phrasebook import STREAM_PHRASES
from producer.sources.synthetic import SyntheticText, generate_texts

SAMPLE = 20_000
CATEGORIES = load_categories()
TRAINING_PHRASES = Path(__file__).parents[2] / "training" / "phrases"
EMOJI = re.compile("[\u2300-\u27bf\U0001f000-\U0001ffff]")


@pytest.fixture(
    scope="module", params=[STREAM_PHRASES, TRAINING_PHRASES], ids=["stream", "training"]
)
def texts(request: pytest.FixtureRequest) -> list[SyntheticText]:
    return list(islice(generate_texts(1, CATEGORIES, request.param), SAMPLE))


@pytest.fixture(scope="module")
def bare_texts() -> list[str]:
    """The stream's texts without links, whose letters mean nothing."""
    texts = islice(generate_texts(1, CATEGORIES), SAMPLE)
    return [re.sub(r" https://\S+", "", written.text) for written in texts]


def share(texts: list[str], holds: Callable[[str], object]) -> float:
    return sum(bool(holds(text)) for text in texts) / len(texts)


def find_about_one(texts: list[SyntheticText]) -> list[SyntheticText]:
    return [t for t in texts if t.category != OTHER and not t.second]


def test_hardly_a_text_comes_twice(texts: list[SyntheticText]) -> None:
    assert len({t.text for t in texts}) > 0.95 * SAMPLE
    assert len({t.template for t in texts}) > 1000


def test_no_text_is_empty_or_longer_than_a_tweet(texts: list[SyntheticText]) -> None:
    assert all(t.text.strip() and len(t.text) <= 280 for t in texts)


def test_every_category_and_other_is_well_represented(texts: list[SyntheticText]) -> None:
    numbers = Counter(t.category for t in texts)
    assert set(numbers) == set(CATEGORIES.names)
    assert all(number > 0.05 * SAMPLE for number in numbers.values())
    assert 0.14 < numbers[OTHER] / SAMPLE < 0.22


def test_nearly_half_of_the_texts_about_a_category_hold_none_of_its_keywords(
    texts: list[SyntheticText],
) -> None:
    about_one = find_about_one(texts)
    without = [t for t in about_one if not CATEGORIES.find_keywords(t.text)]
    assert 0.40 < len(without) / len(about_one) < 0.50


def test_a_text_about_a_category_holds_no_keyword_of_another(texts: list[SyntheticText]) -> None:
    assert all(set(CATEGORIES.find_keywords(t.text)) <= {t.category} for t in find_about_one(texts))


def test_one_text_in_twenty_is_about_two_categories(texts: list[SyntheticText]) -> None:
    about_two = [t for t in texts if t.second]
    assert 0.04 < len(about_two) / SAMPLE < 0.06
    assert all(t.second != t.category and OTHER not in (t.second, t.category) for t in about_two)
    found = [set(CATEGORIES.find_keywords(t.text)) for t in about_two]
    assert all(both <= {t.category, t.second} for both, t in zip(found, about_two, strict=True))
    # A slip of a finger may spoil a keyword.
    assert sum(len(both) == 2 for both in found) > 0.95 * len(about_two)


def test_some_texts_about_nothing_hold_a_keyword_in_another_sense(
    texts: list[SyntheticText],
) -> None:
    others = [t.text for t in texts if t.category == OTHER and t.lang == "en"]
    assert 0.10 < share(others, CATEGORIES.find_keywords) < 0.16


def test_a_few_texts_are_in_other_languages_and_about_nothing(texts: list[SyntheticText]) -> None:
    foreign = [t for t in texts if t.lang != "en"]
    assert 0.03 < len(foreign) / SAMPLE < 0.05
    assert {t.lang for t in foreign} == {"es", "pt", "fr", "de", "ja"}
    assert {t.category for t in foreign} == {OTHER}


def test_the_stream_is_as_long_as_real_tweets(bare_texts: list[str]) -> None:
    lengths = sorted(len(text.split()) for text in bare_texts)
    tenth, half, most = (lengths[SAMPLE * part // 10] for part in (1, 5, 9))
    assert abs(tenth - 11) <= 3
    assert abs(half - 24) <= 3
    assert abs(most - 47) <= 6


@pytest.mark.parametrize(
    ("real", "holds"),
    [
        pytest.param(0.20, lambda text: "#" in text, id="a hashtag"),
        pytest.param(0.10, lambda text: "@" in text, id="a mention"),
        pytest.param(0.22, EMOJI.search, id="an emoji"),
        pytest.param(0.12, lambda text: text == text.lower(), id="no capital"),
        pytest.param(0.18, re.compile(r"\b[A-Z]{2,}\b").search, id="a word in capitals"),
        pytest.param(0.28, re.compile(r"\d").search, id="a digit"),
    ],
)
def test_the_stream_has_the_form_of_real_tweets(
    bare_texts: list[str], real: float, holds: Callable[[str], object]
) -> None:
    assert abs(share(bare_texts, holds) - real) < 0.04


def test_now_and_then_a_word_is_stretched(bare_texts: list[str]) -> None:
    assert 0.005 < share(bare_texts, re.compile(r"([a-z])\1\1").search) < 0.06
