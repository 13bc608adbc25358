"""How a text becomes words: one rule, as SQL for Spark and as Python for everyone else.

A word is a run of letters and digits in lower case. A mention names a person, not a topic, and is
left out. A hashtag is split where a capital letter or a digit follows a small letter, so that
`#PizzaNight` is `pizza` and `night`.
"""

import re
from itertools import pairwise
from unicodedata import category

# Regular expressions cost more than all the rest, so mentions and hashtags are looked for only
# where there is an @ or a #.
_WITHOUT_MENTIONS = "if(contains(text, '@'), regexp_replace(text, '@[A-Za-z0-9_]+', ' '), text)"
_HASHTAGS_SPLIT = (
    f"if(contains({_WITHOUT_MENTIONS}, '#'), regexp_replace({_WITHOUT_MENTIONS}, "
    r"'((?:#|\\G(?<!^))[\\p{L}\\p{N}]*?\\p{Ll})(?=[\\p{Lu}\\p{N}])', '$1 '), "
    f"{_WITHOUT_MENTIONS})"
)
# Lower-casing asks the JVM's locale, and a Turkish one has its own idea of both capital I.
_LOWERED = f"lower(replace(replace({_HASHTAGS_SPLIT}, 'I', 'i'), 'İ', 'i'))"
# The empty words that `split` finds at the ends are in no vocabulary.
WORDS_STATEMENT = rf"SELECT *, split({_LOWERED}, '[^\\p{{L}}\\p{{N}}]+') AS words FROM __THIS__"

_MENTION = re.compile(r"@[A-Za-z0-9_]+")
_HASHTAG = re.compile(r"#[^\W_]+")
_STARTS = ("Lu", "Nd", "Nl", "No")
_WORD = re.compile(r"[^\W_]+")


def split_words(text: str) -> list[str]:
    """Split a text into the words that `WORDS_STATEMENT` finds in it, in their order."""
    if "@" in text:
        text = _MENTION.sub(" ", text)
    if "#" in text:
        text = _HASHTAG.sub(_split_hashtag, text)
    return _WORD.findall(text.replace("I", "i").replace("İ", "i").lower())


def _split_hashtag(hashtag: re.Match[str]) -> str:
    letters = hashtag[0]
    return "".join(
        f" {letter}" if category(before) == "Ll" and category(letter) in _STARTS else letter
        for before, letter in pairwise(" " + letters)
    )
