import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import pytest

from models.categories import Categories, load_categories
from models.tweet import Tweet, build_message
from producer.sources.ids import generate_ids
from producer.sources.synthetic import generate_texts, generate_tweets

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENGLISH = load_categories()


def take_tweets(number: int, seed: int | None = 1) -> list[Tweet]:
    return list(islice(generate_tweets(seed, lambda: NOON, ENGLISH), number))


def test_the_same_seed_gives_the_same_tweets_whatever_the_time() -> None:
    later = islice(generate_tweets(7, lambda: NOON + timedelta(days=9), ENGLISH), 500)

    def describe(tweet: Tweet) -> tuple[str, ...]:
        return (tweet.id, tweet.text, tweet.user_id, tweet.username, tweet.name, tweet.lang)

    assert [describe(t) for t in take_tweets(500, seed=7)] == [describe(t) for t in later]


def test_another_seed_gives_other_texts_and_other_ids_but_the_same_people() -> None:
    ours, theirs = take_tweets(2000, seed=1), take_tweets(2000, seed=2)
    assert not {t.id for t in ours} & {t.id for t in theirs}
    assert [t.text for t in ours] != [t.text for t in theirs]
    assert len({t.user_id for t in ours} & {t.user_id for t in theirs}) > 200


def test_tweets_say_the_texts_of_the_same_seed() -> None:
    texts = islice(generate_texts(1, ENGLISH), 100)
    assert [t.text for t in take_tweets(100)] == [t.text for t in texts]


def test_a_tweet_is_created_when_it_is_asked_for() -> None:
    ticks = count()
    tweets = generate_tweets(1, lambda: NOON + timedelta(seconds=next(ticks)), ENGLISH)
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


def test_a_few_people_write_most_tweets() -> None:
    tweets = take_tweets(5000)
    activity = [number for _, number in Counter(t.user_id for t in tweets).most_common()]
    assert len(activity) > 300
    assert sum(activity[:50]) > 0.4 * 5000
    assert activity[0] < 0.15 * 5000


@pytest.mark.parametrize("lang", ["es", "nl"])
def test_most_people_speak_the_language_of_the_categories(lang: str) -> None:
    categories = Categories(lang, {"one": ("uno",), "two": ("dos",)})
    tweets = list(islice(generate_tweets(1, lambda: NOON, categories), 3000))
    people = {tweet.user_id: tweet.lang for tweet in tweets}
    assert Counter(people.values())[lang] > 300
    assert {"fr", "en", "ja"} <= set(people.values())


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
