"""The phrases of the synthetic tweets, as `phrases/*.toml` hold them, and their rendering."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from models.categories import CATEGORIES
from producer.sources.weighted import Weighted

FOLDER = Path(__file__).with_name("phrases")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern such as `best {dish} in town`: literal text, and what may fill each slot."""

    pattern: str
    parts: tuple["str | tuple[Phrase, ...]", ...]

    def render(self, rng: random.Random) -> str:
        """Fill every slot, at any depth, with a random one of its phrases."""
        return "".join(
            part if isinstance(part, str) else rng.choice(part).render(rng) for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """What people say about one category, or in one language: whole texts and their decoration.

    `patterns` hold a keyword of the category, `plain_patterns` none; `things` are noun phrases
    with a keyword, for texts about two categories at once.
    """

    name: str
    patterns: tuple[Phrase, ...]
    plain_patterns: tuple[Phrase, ...]
    things: tuple[Phrase, ...]
    hashtags: tuple[str, ...]
    emoji: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chatter:
    """What is around the topic of a text, whatever it is.

    A bridge joins a thing of one category, `{first}`, to one of another, `{second}`.
    """

    openers: tuple[str, ...]
    closers: tuple[Phrase, ...]
    endings: tuple[str, ...]
    handle: Phrase
    bridges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """All phrases: a topic for each category (and `other`), topics by language, and the chatter."""

    topics: Weighted[Topic]
    languages: Weighted[Topic]
    chatter: Chatter


def load_phrasebook(folder: Path = FOLDER) -> Phrasebook:
    """Read the phrases; a slot that no file fills raises `KeyError`."""
    common = _read(folder / "common.toml")
    slots = common["slots"]
    categories = {name: _read(folder / f"{name}.toml") for name in CATEGORIES}
    languages = _read(folder / "languages.toml")
    chatter = Chatter(
        openers=tuple(common["openers"]),
        closers=tuple(_build_phrase(closer, slots) for closer in common["closers"]),
        endings=tuple(common["endings"]),
        handle=_build_phrase("{handle}", slots),
        bridges=tuple(common["bridges"]),
    )
    return Phrasebook(_build_topics(categories, slots), _build_topics(languages, {}), chatter)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _build_topics(
    tables: Mapping[str, Mapping[str, Any]], common_slots: Mapping[str, list[str]]
) -> Weighted[Topic]:
    topics = [_build_topic(name, table, common_slots) for name, table in tables.items()]
    return Weighted(topics, (table["weight"] for table in tables.values()))


def _build_topic(
    name: str, table: Mapping[str, Any], common_slots: Mapping[str, list[str]]
) -> Topic:
    slots = {**common_slots, **table.get("slots", {})}

    def build(key: str) -> tuple[Phrase, ...]:
        return tuple(_build_phrase(pattern, slots) for pattern in table.get(key, ()))

    return Topic(
        name=name,
        patterns=build("patterns"),
        plain_patterns=build("plain_patterns"),
        things=build("things"),
        hashtags=tuple(table.get("hashtags", ())),
        emoji=tuple(table.get("emoji", ())),
    )


def _build_phrase(pattern: str, slots: Mapping[str, list[str]]) -> Phrase:
    parts: list[str | tuple[Phrase, ...]] = []
    for literal, slot, _, _ in Formatter().parse(pattern):
        if literal:
            parts.append(literal)
        if slot is not None:
            parts.append(tuple(_build_phrase(filler, slots) for filler in slots[slot]))
    return Phrase(pattern, tuple(parts))
