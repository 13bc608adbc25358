"""A text becomes words: what names no topic leaves none, and every spelling of a letter is one."""

import pytest

from models.words import split_words

NO_WORDS = [
    # Links as people paste them and as networks shorten them.
    "https://t.co/Zz9yXw8vUt",
    "HTTP://Example.org:8080/a/b?c=d&e=f#g",
    "ftp://example.org/music",
    "at://did:plc:abc123/app.bsky.feed.post/3k",
    "http://[::1]:8000/film",
    "mailto:someone@example.org",
    "www.example.org",
    "WWW.example.org/pizza",
    "www.example.com/2025/11/12/foot...",
    "www.example.com/2025/11/12/foot…",
    "example.com/watch?v=abc123...",
    "example.co.uk/menu.",
    "Example.com",
    "example.co.uk",
    "example.com.br",
    "example.com?q=pizza",
    "example.com:8080",
    "example.org#menu",
    "(example.org/pizza_(food))",
    "[example.org/wine],",
    "«example.org/vino»!",
    "user.example.io/wine/",
    "bit.example/3xYz",
    "xn--bcher-kva.example/wein",
    "müller.example/über-uns",
    "пример.испытание/музыка",
    "localhost.example:3000/film",
    "ｗｗｗ．example．org／pizza",
    # Handles, of X, of Bluesky and of Mastodon.
    "@some_one",
    "@Ñandú",
    "@alice.bsky.social",
    "@example.com",
    "@a-b-c.example.dev:",
    "alice.bsky.social",
    ".@some_one",
    "(@some_one)",
    "@some_one@example.social",
    "@@some_one",
    "＠some_one",
    # Characters as HTML spells them.
    "&amp; &lt;&gt; &quot;&apos;&nbsp; &#39;&#x27;&#X2F;",
]


@pytest.mark.parametrize("text", NO_WORDS)
def test_links_handles_and_entities_leave_no_words(text: str) -> None:
    assert split_words(text) == []
    assert split_words(f"pizza {text} film") == ["pizza", "film"]
    assert split_words(f"pizza: {text}\nfilm") == ["pizza", "film"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("#pizza, pizza!\u00a0(Pizza…)", ["pizza", "pizza", "pizza"]),
        ("pizza🍕film_noir", ["pizza", "film", "noir"]),
        ("don't\tSTOP\nnow", ["don", "t", "stop", "now"]),
        ("don&#39;t", ["don", "t"]),
        ("e.g. pizza, i.e. 3.5 stars", ["e", "g", "pizza", "i", "e", "3", "5", "stars"]),
        ("node.js/express and vue.js", ["node", "js", "express", "and", "vue", "js"]),
        ("the U.S. team", ["the", "u", "s", "team"]),
        ("and/or, AC/DC, 24/7", ["and", "or", "ac", "dc", "24", "7"]),
        ("12/11/2026 and v2.0.1", ["12", "11", "2026", "and", "v2", "0", "1"]),
        ("C# and F#, rock'n'roll", ["c", "and", "f", "rock", "n", "roll"]),
        ("end.Start of it...so what/ever", ["end", "start", "of", "it", "so", "what", "ever"]),
        ("St.Louis/MO at 10km/h", ["st", "louis", "mo", "at", "10km", "h"]),
        ("a.m./p.m. y/o 1.5km/2mi", ["a", "m", "p", "m", "y", "o", "1", "5km", "2mi"]),
        ("write to cook@example.org", ["write", "to", "cook", "example", "org"]),
        ("hi @john_doe, a@b", ["hi", "a", "b"]),
        ("thanks @anna.See you", ["thanks", "see", "you"]),
        ("R&D, AT&T & me; &copy", ["r", "d", "at", "t", "me", "copy"]),
        ("[pizza](https://example.org/a b)", ["pizza", "b"]),
        ('<a href="https://example.org/x">pizza</a>', ["a", "href", "pizza", "a"]),
        ("http: //x ://", ["http", "x"]),
    ],
)
def test_what_only_looks_like_them_keeps_its_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("hashtag", "words"),
    [
        ("#PizzaNight2026", ["pizza", "night", "2026"]),
        ("#PIZZA #pizza_night", ["pizza", "pizza", "night"]),
        ("#coachella2015 MacBook", ["coachella", "2015", "macbook"]),
        ("#NBATwitter #BBCNewsUSA", ["nba", "twitter", "bbc", "news", "usa"]),
        ("#ILoveNY #AFilm #USA", ["i", "love", "ny", "a", "film", "usa"]),
        ("#@PizzaHut #Ça2Va", ["ça", "2va"]),
        ("#FooBar.com/x #ＰizzaNight", ["pizza", "night"]),
    ],
)
def test_a_hashtag_is_split_where_its_words_meet(hashtag: str, words: list[str]) -> None:
    assert split_words(hashtag) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cafe\u0301 PI\u0308ZZA", ["café", "pïzza"]),
        ("ｐｉｚｚａ，ＦＩＬＭ", ["pizza", "film"]),
        ("𝓹𝓲𝔃𝔃𝓪 𝐏𝐈𝐙𝐙𝐀 𝚙𝚒𝚣𝚣𝚊 ⓟⓘⓩⓩⓐ", ["pizza"] * 4),
        ("ﬁlm ﬂight", ["film", "flight"]),
        ("Windows™ pizza℠", ["windows", "pizza"]),
        ("ｶﾒﾗ", ["カメラ"]),
    ],
)
def test_every_form_of_a_letter_is_the_plain_one(text: str, words: list[str]) -> None:
    assert split_words(text) == words
