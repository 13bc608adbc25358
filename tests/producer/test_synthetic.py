import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import pytest

from models.categories import CATEGORIES, KEYWORDS, OTHER, label_text
from models.tweet import Tweet, build_message
from producer.sources import SOURCES
from producer.sources.phrasebook import Phrase, Phrasebook, load_phrasebook
from producer.sources.synthetic import (
    SyntheticText,
    generate_ids,
    generate_texts,
    generate_tweets,
)

SAMPLE = 20_000
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def texts() -> list[SyntheticText]:
    return list(islice(generate_texts(seed=1), SAMPLE))


@pytest.fixture(scope="module")
def phrasebook() -> Phrasebook:
    return load_phrasebook()


def take_tweets(number: int, seed: int | None = 1) -> list[Tweet]:
    return list(islice(generate_tweets(seed, lambda: NOON), number))


def find_topic(text: SyntheticText) -> str:
    return text.template.split(":")[0]


def share(texts: list[SyntheticText], part: Iterator[SyntheticText]) -> float:
    return len(list(part)) / len(texts)


def categories_in(text: str) -> set[str]:
    words = set("".join(c if c.isalnum() else " " for c in text.lower()).split())
    return {category for category, keywords in KEYWORDS.items() if words & set(keywords)}


def find_all_categories(phrase: Phrase) -> set[str]:
    return categories_in(" ".join(phrase.render(random.Random(seed)) for seed in range(30)))


def test_the_same_seed_gives_the_same_tweets_whatever_the_time() -> None:
    later = islice(generate_tweets(7, lambda: NOON + timedelta(days=9)), 500)

    def describe(tweet: Tweet) -> tuple[str, ...]:
        return (tweet.id, tweet.text, tweet.user_id, tweet.username, tweet.name, tweet.lang)

    assert [describe(t) for t in take_tweets(500, seed=7)] == [describe(t) for t in later]


def test_another_seed_gives_other_texts_and_other_ids_but_the_same_people() -> None:
    ours, theirs = take_tweets(2000, seed=1), take_tweets(2000, seed=2)
    assert not {t.id for t in ours} & {t.id for t in theirs}
    assert [t.text for t in ours] != [t.text for t in theirs]
    assert len({t.user_id for t in ours} & {t.user_id for t in theirs}) > 200


def test_tweets_say_the_texts_of_the_same_seed() -> None:
    texts = islice(generate_texts(seed=1), 100)
    assert [t.text for t in take_tweets(100)] == [t.text for t in texts]


def test_a_tweet_is_created_when_it_is_asked_for() -> None:
    ticks = count()
    tweets = generate_tweets(1, lambda: NOON + timedelta(seconds=next(ticks)))
    first, second = next(tweets), next(tweets)
    assert second.created_at - first.created_at == timedelta(seconds=1)


def test_ids_without_a_seed_are_new_in_every_run_and_never_repeat() -> None:
    tweets = take_tweets(3000, seed=None) + take_tweets(3000, seed=None)
    ids = [tweet.id for tweet in tweets]
    assert len(set(ids)) == 6000
    assert all(tweet_id.isdigit() and len(tweet_id) == 19 for tweet_id in ids)


def test_ids_rise_although_the_clock_stands_still_or_goes_back() -> None:
    moments = iter([1_800_000_000_000] * 100 + [1_799_999_999_000] * 100)
    ids = [int(i) for i in islice(generate_ids(1, lambda: next(moments)), 200)]
    assert ids == sorted(set(ids))


def test_thousands_of_distinct_texts_come_out(texts: list[SyntheticText]) -> None:
    assert len({t.text for t in texts}) > 0.9 * SAMPLE
    assert len({t.template for t in texts}) > 300


def test_every_category_and_other_is_well_represented(texts: list[SyntheticText]) -> None:
    labels = Counter(label_text(t.text) for t in texts)
    assert set(labels) == set(CATEGORIES)
    assert all(number > 0.04 * SAMPLE for number in labels.values())
    assert 0.15 < labels[OTHER] / SAMPLE < 0.35


def test_some_tweets_about_a_category_hold_none_of_the_keywords(
    texts: list[SyntheticText],
) -> None:
    about_a_category = [t for t in texts if find_topic(t) in KEYWORDS]
    without = share(about_a_category, (t for t in about_a_category if not categories_in(t.text)))
    assert 0.05 < without < 0.2


def test_some_tweets_hold_keywords_of_two_categories(texts: list[SyntheticText]) -> None:
    assert 0.05 < share(texts, (t for t in texts if len(categories_in(t.text)) == 2)) < 0.12


def test_a_few_tweets_are_not_in_english(texts: list[SyntheticText]) -> None:
    assert 0.03 < share(texts, (t for t in texts if t.lang != "en")) < 0.05
    assert {t.lang for t in texts} == {"en", "es", "pt", "fr", "de", "ja"}
    assert all((t.lang == find_topic(t)) == (t.lang != "en") for t in texts)


def test_texts_have_the_dress_of_tweets(texts: list[SyntheticText]) -> None:
    assert 0.2 < share(texts, (t for t in texts if " #" in t.text)) < 0.4
    assert 0.1 < share(texts, (t for t in texts if "@" in t.text)) < 0.3
    assert 0.05 < share(texts, (t for t in texts if "https://t.co/" in t.text)) < 0.2
    assert 0.02 < share(texts, (t for t in texts if t.text.split("#")[0].isupper())) < 0.1
    assert share(texts, (t for t in texts if any(ord(c) > 0x1F000 for c in t.text))) > 0.1
    assert all(t.text.strip() and len(t.text) <= 280 for t in texts)


def test_a_text_with_a_keyword_is_labelled_with_the_category_it_is_about(
    texts: list[SyntheticText],
) -> None:
    about_a_category = [t for t in texts if find_topic(t) in KEYWORDS]
    assert {label_text(t.text) for t in about_a_category} == set(CATEGORIES)
    astray = [t for t in about_a_category if label_text(t.text) not in (find_topic(t), OTHER)]
    assert not astray


def test_the_phrases_keep_their_promise_about_keywords(phrasebook: Phrasebook) -> None:
    for topic in phrasebook.topics.items:
        for phrase in topic.patterns + topic.things:
            assert find_all_categories(phrase) == {topic.name}, phrase.pattern
        for phrase in topic.plain_patterns:
            assert not find_all_categories(phrase), phrase.pattern


def test_no_template_is_written_twice(phrasebook: Phrasebook) -> None:
    for topic in (*phrasebook.topics.items, *phrasebook.languages.items):
        phrases = [phrase.pattern for phrase in topic.patterns + topic.plain_patterns]
        assert len(phrases) == len(set(phrases)), topic.name


def test_a_few_people_write_most_tweets() -> None:
    tweets = take_tweets(5000)
    activity = [number for _, number in Counter(t.user_id for t in tweets).most_common()]
    assert len(activity) > 300
    assert sum(activity[:50]) > 0.4 * 5000
    assert activity[0] < 0.15 * 5000


def test_a_person_keeps_name_and_handle_and_handles_are_unique() -> None:
    people = {(t.user_id, t.username, t.name) for t in take_tweets(5000)}
    assert len({p[0] for p in people}) == len({p[1] for p in people}) == len(people)


def test_the_message_has_the_agreed_shape() -> None:
    tweet = take_tweets(1)[0]
    message = json.loads(build_message(tweet))
    assert message == {
        "data": {
            "id": tweet.id,
            "text": tweet.text,
            "created_at": "2026-11-24T12:00:00.000Z",
            "author_id": tweet.user_id,
            "lang": tweet.lang,
        },
        "includes": {
            "users": [{"id": tweet.user_id, "name": tweet.name, "username": tweet.username}]
        },
        "source": "synthetic",
    }


def test_the_registry_names_sources_as_their_tweets_do() -> None:
    for name, generate in SOURCES.items():
        assert next(generate(1, lambda: NOON)).source == name
