"""What the synthetic tweets say: written phrases, or frames around the keywords of a category.

A folder of phrases has a folder for each language that is written in: `common.toml` (what may be
around any topic), a file for each category of `models/categories/<language>.toml`, and
`other.toml`. `frames.toml` speaks about any other category, in its language; `languages.toml` holds
a few texts in languages that the categories are not in.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.categories import OTHER, Categories, find_shipped_categories
from producer.sources.patterns import Phrase, PhraseBuilder
from producer.sources.weighted import Weighted

STREAM_PHRASES = Path(__file__).with_name("phrases")

# The language that people write in now and then whatever the others speak.
_WORLD_LANGUAGE = "en"
# The frames for a language that has none of its own.
_ANY_LANGUAGE = "any"
# How often a category without written phrases comes up: as often as one of them does.
_FRAMED_WEIGHT = 9
_FRAMED_OTHER_WEIGHT = 15


@dataclass(frozen=True, slots=True)
class Topic:
    """What people say about one category, or in one language: whole sentences and decoration.

    `patterns` hold a keyword of the category (of `other`: a keyword in another sense),
    `plain_patterns` none; `things` are noun phrases with a keyword, for texts about two categories.
    """

    name: str
    lang: str
    patterns: tuple[Phrase, ...]
    plain_patterns: tuple[Phrase, ...]
    things: tuple[Phrase, ...]
    hashtags: tuple[str, ...]
    plain_hashtags: tuple[str, ...]
    emoji: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chatter:
    """What is around the topic of a text, whatever it is.

    A remark is a sentence of its own. A bridge joins a thing of one category, `{first}`, to one of
    another, `{second}`.
    """

    openers: tuple[Phrase, ...] = ()
    closers: tuple[Phrase, ...] = ()
    remarks: tuple[Phrase, ...] = ()
    endings: tuple[str, ...] = ()
    bridges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """All phrases for a file of categories, and those in languages that it is not in."""

    topics: Weighted[Topic]
    foreign: Weighted[Topic]
    chatter: Chatter
    handles: tuple[Phrase, ...]


def load_phrasebook(categories: Categories, folder: Path = STREAM_PHRASES) -> Phrasebook:
    """Read the phrases for these categories; a slot that no file fills raises `KeyError`."""
    return _Loader(categories, folder).load()


class _Loader:
    def __init__(self, categories: Categories, folder: Path) -> None:
        self._categories = categories
        self._folder = folder
        frames = _read_shared(folder, "frames.toml")
        self._frames = frames.get(categories.lang, frames[_ANY_LANGUAGE])
        self._languages = _read_shared(folder, "languages.toml")
        self._is_written = (folder / categories.lang).is_dir()
        self._written = self._find_written()
        self._keywords = frozenset(categories.category_by_keyword)

    def load(self) -> Phrasebook:
        """Read and build everything."""
        lang = self._categories.lang
        topics = {
            name: self._build_written(name) if name in self._written else self._build_framed(name)
            for name in self._categories.keywords
        }
        foreign = {
            spoken: (self._build_topic(OTHER, spoken, table), float(table["weight"]))
            for spoken, table in self._languages.items()
            if spoken != lang
        }
        if lang != _WORLD_LANGUAGE:
            foreign[_WORLD_LANGUAGE] = self._build_written_other(_WORLD_LANGUAGE)
        if self._is_written:
            topics[OTHER] = self._build_written_other(lang)
        elif lang in self._languages:
            table = self._languages[lang]
            topics[OTHER] = (self._build_topic(OTHER, lang, table), _FRAMED_OTHER_WEIGHT)
        slots = self._read_common(lang if self._is_written else _WORLD_LANGUAGE)["slots"]
        handles = PhraseBuilder(slots).build(["{handle}"])
        return Phrasebook(_weigh(topics), _weigh(foreign), self._build_chatter(), handles)

    def _read_common(self, lang: str) -> dict[str, Any]:
        """Read what may be around any topic in a language; nothing where nobody wrote it."""
        path = self._folder / lang / "common.toml"
        return _read(path) if path.exists() else {}

    def _find_written(self) -> set[str]:
        shipped = find_shipped_categories(self._categories.lang)
        if not (self._is_written and shipped):
            return set()
        folder = self._folder / self._categories.lang
        return {
            name
            for name, words in self._categories.keywords.items()
            if shipped.keywords.get(name) == words and (folder / f"{name}.toml").exists()
        }

    def _build_written(self, name: str) -> tuple[Topic, float]:
        lang = self._categories.lang
        table = _read(self._folder / lang / f"{name}.toml")
        keywords = self._keywords.difference(self._categories.keywords[name])
        return self._build_topic(name, lang, table, keywords), table["weight"]

    def _build_written_other(self, lang: str) -> tuple[Topic, float]:
        table = _read(self._folder / lang / f"{OTHER}.toml")
        # Its patterns hold keywords of the written categories in another sense; nobody has looked
        # at them with the keywords of other categories in mind.
        written = self._written if lang == self._categories.lang else ()
        trusted = [word for name in written for word in self._categories.keywords[name]]
        keywords = self._keywords.difference(trusted)
        return self._build_topic(OTHER, lang, table, keywords), table["weight"]

    def _build_framed(self, name: str) -> tuple[Topic, float]:
        words = self._categories.keywords[name]
        slots = {**self._frames.get("slots", {}), "keyword": words}
        table = {
            "patterns": self._frames["patterns"],
            "things": self._frames["things"],
            "hashtags": [f"#{word}" for word in words],
            "slots": slots,
        }
        banned = self._keywords.difference(words)
        return self._build_topic(name, self._categories.lang, table, banned), _FRAMED_WEIGHT

    def _build_topic(
        self,
        name: str,
        lang: str,
        table: Mapping[str, Any],
        banned: frozenset[str] = frozenset(),
    ) -> Topic:
        slots = {**self._read_common(lang).get("slots", {}), **table.get("slots", {})}
        builder = PhraseBuilder(slots, banned)
        plain_banned = self._keywords if lang == self._categories.lang else banned
        plain_builder = PhraseBuilder(slots, plain_banned)
        find = self._categories.find_keywords
        hashtags = table.get("hashtags", ())
        return Topic(
            name=name,
            lang=lang,
            patterns=builder.build(table.get("patterns", ())),
            plain_patterns=plain_builder.build(table.get("plain_patterns", ())),
            things=builder.build(table.get("things", ())),
            hashtags=tuple(tag for tag in hashtags if not find(tag).keys() - {name}),
            plain_hashtags=tuple(tag for tag in hashtags if not find(tag)),
            emoji=tuple(table.get("emoji", ())),
        )

    def _build_chatter(self) -> Chatter:
        table = self._read_common(self._categories.lang)
        builder = PhraseBuilder(table.get("slots", {}), self._keywords)
        return Chatter(
            openers=builder.build(table.get("openers", ())),
            closers=builder.build(table.get("closers", ())),
            remarks=builder.build(table.get("remarks", ())),
            endings=tuple(table.get("endings", ())),
            bridges=tuple(table.get("bridges", ())),
        )


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _read_shared(folder: Path, name: str) -> dict[str, Any]:
    """Read a file of the folder, or the stream's where the folder has none of its own."""
    own = folder / name
    return _read(own if own.exists() else STREAM_PHRASES / name)


def _weigh(topics: Mapping[str, tuple[Topic, float]]) -> Weighted[Topic]:
    return Weighted(
        [topic for topic, _ in topics.values()], [weight for _, weight in topics.values()]
    )
