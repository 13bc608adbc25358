"""The categories, their keywords, and the rule that labels a text by them."""

import re
from collections import Counter

KEYWORDS: dict[str, tuple[str, ...]] = {
    "religion": ("god", "church", "faith", "bible", "pray"),
    "technology": ("computer", "software", "hardware", "internet", "tech"),
    "food": ("pizza", "burger", "sushi", "coffee", "restaurant"),
    "movies": ("film", "cinema", "actor", "director", "trailer"),
    "drinks": ("beer", "wine", "cocktail", "juice", "water"),
    "music": ("song", "album", "concert", "band", "artist"),
    "travel": ("vacation", "trip", "flight", "hotel", "destination"),
    "fashion": ("clothing", "shoes", "accessories", "style", "design"),
    "sports": ("football", "basketball", "soccer", "tennis", "exercise"),
    "health": ("medicine", "doctor", "fitness", "diet", "wellness"),
}
OTHER = "other"

# The index of a category in this list is its label, everywhere.
CATEGORIES: tuple[str, ...] = (*KEYWORDS, OTHER)

_CATEGORY_BY_KEYWORD = {word: category for category, words in KEYWORDS.items() for word in words}
_WORD = re.compile(r"[^\W_]+")


def label_text(text: str) -> str:
    """Name the category with the most keywords in a text, the first mentioned on a tie.

    Keywords count as whole words, whatever their letter case; a text without any is `other`.
    """
    words = _WORD.findall(text.lower())
    hits = Counter(_CATEGORY_BY_KEYWORD[word] for word in words if word in _CATEGORY_BY_KEYWORD)
    return hits.most_common(1)[0][0] if hits else OTHER
