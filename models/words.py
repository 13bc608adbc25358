"""How a text becomes words: one rule, as SQL for Spark and as Python for everyone else.

A word is a run of letters and digits in lower case. A mention names a person, not a topic, and is
left out. A hashtag is split where a capital letter or a digit follows a small letter, so that
`#PizzaNight` is `pizza` and `night`.
"""

import re
from itertools import pairwise
from unicodedata import category

# Over every text, a regular expression that replaces would cost as much as all the rest: it is used
# only where there is a mention, or a hashtag to split.
_SPLIT_HASHTAG = r"#[\\p{L}\\p{N}]*\\p{Ll}[\\p{Lu}\\p{N}]"
_MENTION_OR_HASHTAG = (
    r"@[\\p{L}\\p{N}_]+"
    r"|((?:#|\\G(?<!^))[\\p{L}\\p{N}]*?\\p{Ll})(?=[\\p{Lu}\\p{N}])"
)
_SPACED = (
    f"if(contains(text, '@') OR contains(text, '#') AND text RLIKE '{_SPLIT_HASHTAG}', "
    f"regexp_replace(text, '{_MENTION_OR_HASHTAG}', '$1 '), text)"
)
# Lower-casing asks the JVM's locale, and a Turkish one turns I into a dotless i: the collation
# stands for no country's rules. The empty words that `split` finds are in no vocabulary. What `++`
# matched it never tries again with less.
WORDS_STATEMENT = (
    f"SELECT *, split(lower({_SPACED} COLLATE UNICODE) COLLATE UTF8_BINARY, "  # noqa: S608
    r"'[^\\p{L}\\p{N}]++') AS words FROM __THIS__"
)

_MENTION = re.compile(r"@\w+")
_HASHTAG = re.compile(r"#[^\W_]+")
_STARTS = ("Lu", "Nd", "Nl", "No")
_WORD = re.compile(r"[^\W_]+")


def split_words(text: str) -> list[str]:
    """Split a text into the words that `WORDS_STATEMENT` finds in it, in their order."""
    if "@" in text:
        text = _MENTION.sub(" ", text)
    if "#" in text:
        text = _HASHTAG.sub(_split_hashtag, text)
    return _WORD.findall(text.lower())


def _split_hashtag(hashtag: re.Match[str]) -> str:
    letters = hashtag[0]
    return "".join(
        f" {letter}" if category(before) == "Ll" and category(letter) in _STARTS else letter
        for before, letter in pairwise(" " + letters)
    )
