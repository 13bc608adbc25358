from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from dashboard.tweets import (
    TWEETS_SCHEMA,
    StoredTweet,
    TweetFilter,
    merge_newest,
    select_page,
    take_newest,
)

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def build_tweet(tweet_id: str, seconds: float = 0, **values: str) -> StoredTweet:
    """A tweet created some seconds after nine."""
    defaults = {"text": "Pizza, again", "category": "food", "username": "Ada"}
    return StoredTweet(
        id=tweet_id,
        created_at=NINE + timedelta(seconds=seconds),
        name="Ada",
        source="synthetic",
        confidence=0.5,
        model_version="v1",
        **defaults | values,
    )


def list_ids(tweets: list[StoredTweet] | tuple[StoredTweet, ...]) -> str:
    return "".join(tweet.id for tweet in tweets)


def test_the_newest_come_first_and_the_oldest_drop_out() -> None:
    known = (build_tweet("c", 3), build_tweet("a", 1))
    assert list_ids(merge_newest(known, [build_tweet("b", 2), build_tweet("d", 4)], 3)) == "dcb"


def test_a_tweet_that_comes_twice_stays_once() -> None:
    assert list_ids(merge_newest([build_tweet("a")], [build_tweet("a")], 9)) == "a"


def test_tweets_of_the_same_moment_have_a_fixed_order() -> None:
    one, other = build_tweet("a"), build_tweet("b")
    assert merge_newest([one], [other], 9) == merge_newest([other], [one], 9)


def test_only_the_newest_rows_of_a_table_become_tweets() -> None:
    rows = [
        {
            "id": str(n),
            "text": "t",
            "created_at": NINE + timedelta(seconds=n % 7),
            "category": "food",
        }
        for n in range(20)
    ]
    newest = take_newest(pa.Table.from_pylist(rows, TWEETS_SCHEMA), 3)
    assert [tweet.id for tweet in newest] == ["6", "13", "5"]
    assert newest[0].created_at == NINE + timedelta(seconds=6)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TweetFilter(), "abc"),
        (TweetFilter(category="music"), "b"),
        (TweetFilter(text="PIZZA"), "ac"),
        (TweetFilter(text="straße"), "b"),
        (TweetFilter(username="ada"), "ac"),
        (TweetFilter(username="ad"), ""),
        (TweetFilter(before=(NINE, "a")), "bc"),
    ],
)
def test_a_filter_accepts_what_is_wanted(wanted: TweetFilter, expected: str) -> None:
    tweets = [
        build_tweet("a"),
        build_tweet("b", -1, category="music", text="STRASSE", username="Bob"),
        build_tweet("c", -2),
    ]
    assert list_ids(select_page(tweets, wanted, 9)[0]) == expected


def test_pages_show_every_tweet_once() -> None:
    tweets = merge_newest([], [build_tweet(str(n), n // 2) for n in range(9)], 9)
    position, seen, sizes = None, "", []
    while position is not None or not seen:
        page, position = select_page(tweets, TweetFilter(before=position), 4)
        seen += list_ids(page)
        sizes.append(len(page))
    assert seen == list_ids(tweets)
    assert sizes == [4, 4, 1]


def test_the_last_page_names_no_next_one() -> None:
    assert select_page([build_tweet("a")], TweetFilter(), 1) == ([build_tweet("a")], None)
