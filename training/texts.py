"""Texts whose category is known: to learn from, or to judge a model by."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.categories import Categories, find_shipped_categories

_WRITTEN_TEXTS = Path(__file__).with_name("written_texts")
_EXAMPLE = '{"text": "two pizzas, please", "category": "food"}'


class TextsError(Exception):
    """A file of texts that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text, what it is about, and where it comes from if that is known.

    To a training, a text of weight 2 is two such texts.
    """

    text: str
    category: str
    source: str | None = None
    weight: float = 1.0


def read_texts(path: Path, names: Sequence[str]) -> list[LabelledText]:
    """Read texts about the categories `names` from JSON Lines of `text`, `category` and `source`.

    The source may be left out; other fields are ignored, and so are blank lines.
    """
    try:
        texts = list(_parse_lines(path, names))
    except OSError as error:
        raise TextsError(
            f"The texts {path} cannot be read ({error.strerror}); name a file with one object "
            f"such as {_EXAMPLE} on each line."
        ) from None
    except UnicodeDecodeError as error:
        raise TextsError(f"The texts {path} are not UTF-8 ({error}); save them as UTF-8.") from None
    if not texts:
        raise TextsError(f"The texts {path} are empty; write lines such as {_EXAMPLE} into them.")
    return texts


def read_written_texts(categories: Categories) -> list[LabelledText] | None:
    """Read the tweets written by hand for the categories that come with the project in a language.

    For any other categories there are none. They judge a model and are never learned from.
    """
    if categories != find_shipped_categories(categories.lang):
        return None
    written = (_WRITTEN_TEXTS / f"{categories.lang}.toml").read_text(encoding="utf-8")
    kinds_by_category = tomllib.loads(written)
    return [
        LabelledText(text, category)
        for category, kinds in kinds_by_category.items()
        for texts in kinds.values()
        for text in texts
    ]


def _parse_lines(path: Path, names: Sequence[str]) -> Iterator[LabelledText]:
    # Some editors put an invisible mark before the first line, which this encoding removes.
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield _parse_text(line, names)
                except TextsError as error:
                    raise TextsError(f"Line {number} of {path} {error}") from None


def _parse_text(line: str, names: Sequence[str]) -> LabelledText:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TextsError(f"is not JSON ({error}); write it like {_EXAMPLE}.") from None
    if not isinstance(fields, dict):
        raise TextsError(f"is no JSON object; write it like {_EXAMPLE}.")
    for field in ("text", "category"):
        if not _is_text(fields.get(field)):
            raise TextsError(f"has no {field}; write it like {_EXAMPLE}.")
    category = fields["category"]
    if category not in names:
        raise TextsError(
            f"is about {category!r}, which the model does not know; change it to one of "
            f"{', '.join(names)}, or remove the line."
        )
    source = fields.get("source")
    return LabelledText(fields["text"], category, source if _is_text(source) else None)


def _is_text(value: Any) -> bool:
    """Tell text from anything else, half a pair of UTF-16 included, which cannot be written."""
    return (
        isinstance(value, str)
        and bool(value.strip())
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )
