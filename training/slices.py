"""Kinds of texts that a model is more or less good at."""

import re
from collections import Counter

from models.words import split_words
from training.texts import LabelledText

OWN_KEYWORD = "own keyword"
WRONG_KEYWORD = "wrong keyword only"
TWO_CATEGORIES = "keywords of two categories"
NO_KEYWORD = "no keyword"
VERY_SHORT = "very short"
HASHTAGS_ONLY = "hashtags only"

SLICES = (OWN_KEYWORD, WRONG_KEYWORD, TWO_CATEGORIES, NO_KEYWORD, VERY_SHORT, HASHTAGS_ONLY)

MOST_WORDS_OF_VERY_SHORT = 4

_HASHTAG = re.compile(r"#\w+")


def find_slices(text: LabelledText, keywords: Counter[str]) -> set[str]:
    """Say of which kinds a text is; `keywords` is how many it holds of each category."""
    without_hashtags = _HASHTAG.sub(" ", text.text)
    is_of_kind = {
        OWN_KEYWORD: text.category in keywords,
        WRONG_KEYWORD: bool(keywords) and text.category not in keywords,
        TWO_CATEGORIES: len(keywords) >= 2,
        NO_KEYWORD: not keywords,
        VERY_SHORT: len(split_words(text.text)) <= MOST_WORDS_OF_VERY_SHORT,
        HASHTAGS_ONLY: without_hashtags != text.text and not split_words(without_hashtags),
    }
    return {kind for kind, is_one in is_of_kind.items() if is_one}
