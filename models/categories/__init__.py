"""The categories: a TOML file names them and their keywords, everything else follows from it."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from models.words import split_words

OTHER = "other"
ENGLISH = Path(__file__).with_name("en.toml")

_LONGEST_NAME = 40
_LANG = re.compile(r"[a-z]{2,3}")


class CategoriesError(Exception):
    """A file of categories that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Categories:
    """The keywords of each category, and the language (`en`, `es`, …) that they are in."""

    lang: str
    keywords: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The categories and `other`; the index of a name is its label, everywhere."""
        return (*self.keywords, OTHER)

    @cached_property
    def category_by_keyword(self) -> dict[str, str]:
        """The category of each keyword."""
        return {word: category for category, words in self.keywords.items() for word in words}

    def find_keywords(self, text: str) -> Counter[str]:
        """Count the keywords of each category in a text, in the order of their mention."""
        found = (self.category_by_keyword.get(word) for word in split_words(text))
        return Counter(category for category in found if category)

    def label_text(self, text: str) -> str:
        """Name the category with the most keywords in a text, the first mentioned on a tie.

        Keywords count as whole words, whatever their letter case; a text without any is `other`.
        """
        hits = self.find_keywords(text)
        return hits.most_common(1)[0][0] if hits else OTHER


def load_categories(path: Path = ENGLISH) -> Categories:
    """Read a file of categories; raise `CategoriesError` with a sentence if it cannot be used."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _refuse(path, f"cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refuse(path, f"is not TOML ({error})") from None
    keywords = table.get("keywords")
    if not isinstance(keywords, dict) or len(keywords) < 2:
        raise _refuse(path, "names fewer than two categories")
    lang = table.get("lang", "en")
    if not (isinstance(lang, str) and _LANG.fullmatch(lang)):
        raise _refuse(path, f"has {lang!r} as its lang, which is not of the form en")
    unknown = sorted(table.keys() - {"lang", "keywords"})
    if unknown:
        raise _refuse(path, f"holds {unknown[0]!r}, which is neither lang nor keywords")
    _check_keywords(path, keywords)
    return Categories(lang, {name: tuple(words) for name, words in keywords.items()})


def find_shipped_categories(lang: str) -> Categories | None:
    """Load the categories that come with the project in a language, if they do."""
    path = ENGLISH.with_name(f"{lang}.toml")
    return load_categories(path) if path.exists() else None


def _check_keywords(path: Path, keywords: dict[str, Any]) -> None:
    owners: dict[str, str] = {}
    for name, words in keywords.items():
        is_plain = name == name.strip() and name.isprintable() and 0 < len(name) <= _LONGEST_NAME
        if not is_plain or name.lower() == OTHER:
            shown = name[:_LONGEST_NAME]
            raise _refuse(path, f"has a category {shown!r}, which is no name for one")
        if not isinstance(words, list) or not words:
            raise _refuse(path, f"gives {name} no list of keywords")
        for word in words:
            if not isinstance(word, str) or split_words(word) != [word]:
                raise _refuse(
                    path, f"gives {name} the keyword {word!r}, which is not one word in lower case"
                )
            if owners.get(word) == name:
                raise _refuse(path, f"gives {name} the keyword {word} twice")
            if word in owners:
                raise _refuse(path, f"gives the keyword {word} to both {owners[word]} and {name}")
            owners[word] = name


def _refuse(path: Path, reason: str) -> CategoriesError:
    return CategoriesError(
        f"The categories file {path} {reason}; write it like models/categories/en.toml."
    )
