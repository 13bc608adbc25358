"""The files of phrases keep what the phrasebook builds on."""

import shutil
import tomllib
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from models.categories import ENGLISH, OTHER, Categories, load_categories
from models.words import split_words
from producer.sources.patterns import Phrase
from producer.sources.phrasebook import STREAM_PHRASES, Topic, load_phrasebook
from producer.sources.synthetic import SyntheticText, generate_texts

CATEGORIES = load_categories()
SPANISH = load_categories(ENGLISH.with_name("es.toml"))
TRAINING_PHRASES = Path(__file__).parents[2] / "training" / "phrases"
BOOKS = pytest.mark.parametrize(
    ("folder", "categories"),
    [
        pytest.param(folder, categories, id=f"{name} {categories.lang}")
        for name, folder in (("stream", STREAM_PHRASES), ("training", TRAINING_PHRASES))
        for categories in (CATEGORIES, SPANISH)
    ],
)


def read(folder: Path, categories: Categories, name: str) -> dict[str, Any]:
    path = folder / categories.lang / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load_topics(folder: Path, categories: Categories = CATEGORIES) -> dict[str, Topic]:
    return {topic.name: topic for topic in load_phrasebook(categories, folder).topics.items}


def collect_words(phrase: Phrase) -> str:
    """Everything that a phrase may say, whatever fills its slots."""
    return " ".join(
        part if isinstance(part, str) else " ".join(map(collect_words, part))
        for part in phrase.parts
    )


def find_keywords(phrase: Phrase, categories: Categories) -> set[str]:
    return set(categories.find_keywords(collect_words(phrase)))


def take_texts(categories: Categories, number: int = 2000) -> list[SyntheticText]:
    return list(islice(generate_texts(1, categories), number))


@BOOKS
def test_each_category_and_other_has_its_file(folder: Path, categories: Categories) -> None:
    files = {path.stem for path in (folder / categories.lang).glob("*.toml")}
    assert files == {*categories.names, "common"}


@pytest.mark.parametrize("categories", [CATEGORIES, SPANISH], ids=["en", "es"])
def test_no_pattern_is_both_in_the_stream_and_in_training(categories: Categories) -> None:
    def collect(folder: Path) -> set[str]:
        return {
            phrase.pattern
            for topic in load_topics(folder, categories).values()
            for phrase in topic.patterns + topic.plain_patterns
        }

    assert not collect(STREAM_PHRASES) & collect(TRAINING_PHRASES)


@BOOKS
def test_patterns_hold_a_keyword_of_their_category_and_plain_ones_none(
    folder: Path, categories: Categories
) -> None:
    for name, topic in load_topics(folder, categories).items():
        for phrase in topic.patterns:
            found = find_keywords(phrase, categories)
            assert found == {name} or name == OTHER, phrase.pattern
            assert found, phrase.pattern
        for phrase in topic.things:
            assert find_keywords(phrase, categories) == {name}, phrase.pattern
        for phrase in topic.plain_patterns:
            assert not find_keywords(phrase, categories), phrase.pattern


@BOOKS
def test_nothing_in_the_files_is_left_unsaid(folder: Path, categories: Categories) -> None:
    for name, topic in load_topics(folder, categories).items():
        table = read(folder, categories, name)
        for key in ("patterns", "plain_patterns", "things"):
            assert [phrase.pattern for phrase in getattr(topic, key)] == table.get(key, []), name
        assert list(topic.hashtags) == table["hashtags"]


@BOOKS
def test_the_chatter_is_about_no_category(folder: Path, categories: Categories) -> None:
    chatter, common = (
        load_phrasebook(categories, folder).chatter,
        read(folder, categories, "common"),
    )
    for key in ("openers", "closers", "remarks"):
        assert [phrase.pattern for phrase in getattr(chatter, key)] == common[key]
    assert not categories.find_keywords(" ".join(chatter.bridges))


@BOOKS
def test_no_phrase_is_written_twice(folder: Path, categories: Categories) -> None:
    book = load_phrasebook(categories, folder)
    for topic in (*book.topics.items, *book.foreign.items):
        phrases = [phrase.pattern for phrase in topic.patterns + topic.plain_patterns]
        assert len(phrases) == len(set(phrases)), topic.name


def test_spanish_categories_get_spanish_texts() -> None:
    texts = take_texts(SPANISH)
    assert {t.category for t in texts} == set(SPANISH.names)
    assert sum(t.lang == "es" for t in texts) > 0.94 * len(texts)
    assert all(t.category == OTHER for t in texts if t.lang != "es")
    about_one = [t for t in texts if t.category != OTHER and not t.second]
    found = [SPANISH.find_keywords(t.text).keys() for t in about_one]
    assert not any(keywords - {t.category} for keywords, t in zip(found, about_one, strict=True))
    assert 0.45 < sum(map(bool, found)) / len(found) < 0.65
    assert not any(" de el " in t.text or " a el " in t.text for t in texts)


def test_a_spanish_category_of_ones_own_is_framed_in_spanish() -> None:
    mine = Categories("es", {"food": SPANISH.keywords["food"], "tiempo": ("lluvia", "nieve")})
    texts = [t.text for t in take_texts(mine) if t.category == "tiempo" and not t.second]
    assert len(texts) > 300
    assert all({"lluvia", "nieve"} & set(split_words(text)) for text in texts)


def test_a_language_without_frames_gets_its_keywords_and_nothing_else() -> None:
    dutch = Categories("nl", {"weer": ("regen", "zon"), "fietsen": ("fiets", "pedaal")})
    own = [t for t in take_texts(dutch) if t.lang == "nl"]
    assert len(own) > 1800
    words = {word.strip("!,.?/%#").lower() for t in own if not t.second for word in t.text.split()}
    assert {"regen", "zon", "fiets", "pedaal"} <= words
    assert len({word for word in words if word.isalpha()}) < 20


def test_a_new_english_category_is_framed_beside_the_written_ones() -> None:
    mixed = Categories("en", {"food": CATEGORIES.keywords["food"], "weather": ("rain", "snow")})
    texts = take_texts(mixed)
    written = load_topics(STREAM_PHRASES)["food"].patterns
    templates = {t.template for t in texts if t.category == "food"}
    assert templates & {f"food: {phrase.pattern}" for phrase in written}
    about_weather = [t for t in texts if t.category == "weather" and not t.second]
    assert len(about_weather) > 300
    others = [t for t in texts if t.category == OTHER and t.lang == "en"]
    assert not any("weather" in mixed.find_keywords(t.text) for t in others)


def test_a_category_that_only_has_the_name_of_a_written_one_is_framed() -> None:
    mine = Categories("en", {"food": ("herring", "licorice"), "sports": ("curling", "darts")})
    texts = [t for t in take_texts(mine) if t.category == "food" and not t.second]
    assert texts
    assert not any("pizza" in t.text.lower() for t in texts)


def test_a_written_category_without_a_file_of_its_own_is_framed(tmp_path: Path) -> None:
    folder = shutil.copytree(TRAINING_PHRASES, tmp_path / "phrases")
    (folder / "en" / "food.toml").unlink()
    assert "food" in load_topics(folder)
