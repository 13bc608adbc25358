"""Patterns such as `best {dish} in town`, and the texts that they render to."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from models.words import split_words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern: literal text, and the phrases that may fill each of its slots."""

    pattern: str
    parts: tuple["str | tuple[Phrase, ...]", ...]

    def render(self, rng: random.Random) -> str:
        """Fill every slot, at any depth, with a random one of its phrases."""
        return "".join(
            part if isinstance(part, str) else rng.choice(part).render(rng) for part in self.parts
        )


class PhraseBuilder:
    """Builds phrases around slots, and leaves out whatever would say a banned word."""

    def __init__(
        self, slots: Mapping[str, Iterable[str]], banned: frozenset[str] = frozenset()
    ) -> None:
        self._slots = slots
        self._banned = banned
        self._fillers: dict[str, tuple[Phrase, ...]] = {}

    def build(self, patterns: Iterable[str]) -> tuple[Phrase, ...]:
        """Build what can be said; a slot that nobody fills raises `KeyError`."""
        phrases = (self._build_phrase(pattern) for pattern in patterns)
        return tuple(phrase for phrase in phrases if phrase)

    def _build_phrase(self, pattern: str) -> Phrase | None:
        parts: list[str | tuple[Phrase, ...]] = []
        for literal, slot, _, _ in Formatter().parse(pattern):
            if literal:
                if self._banned and not self._banned.isdisjoint(split_words(literal)):
                    return None
                parts.append(literal)
            if slot is not None:
                fillers = self._fill(slot)
                if not fillers:
                    return None
                parts.append(fillers)
        return Phrase(pattern, tuple(parts))

    def _fill(self, slot: str) -> tuple[Phrase, ...]:
        if slot not in self._fillers:
            self._fillers[slot] = self.build(self._slots[slot])
        return self._fillers[slot]
