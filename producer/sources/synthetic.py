"""Synthetic tweets: invented people write invented texts about the categories, or about none."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count

from models.categories import OTHER
from models.tweet import Tweet
from producer.sources.people import Person, build_people
from producer.sources.phrasebook import Chatter, Phrase, Phrasebook, Topic, load_phrasebook

SOURCE = "synthetic"

# Shares of all texts.
NOT_ENGLISH = 0.04
TWO_CATEGORIES = 0.08
# Share of the texts about a category that hold none of its keywords.
WITHOUT_KEYWORD = 0.15

# Milliseconds since 1970: X's epoch, and the start of the year in which seeded tweets are numbered.
_EPOCH_MS = 1_288_834_974_657
_SEEDED_EPOCH_MS = 1_767_225_600_000
_YEAR_MS = 31_536_000_000
_LINK_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class SyntheticText:
    """A text, the id of the template it was made from, and its language (`en`, `es`, …).

    A template keeps its id as long as its own words stay the same.
    """

    text: str
    template: str
    lang: str


def generate_texts(seed: int) -> Iterator[SyntheticText]:
    """Write texts without end; the same seed gives the same texts."""
    phrasebook = _load_phrasebook()
    rng = random.Random(f"texts {seed}")
    return (_write_text(phrasebook, rng) for _ in count())


def generate_tweets(seed: int | None, clock: Callable[[], datetime]) -> Iterator[Tweet]:
    """Write tweets without end, each created at the clock's time when it is asked for.

    The same seed gives the same ids, texts and people. Without a seed every run is different, and
    no two tweets, of this run or another, have the same id.
    """
    if seed is None:
        seed = random.SystemRandom().getrandbits(64)
        ids = generate_ids(seed, lambda: int(clock().timestamp() * 1000))
    else:
        ids = generate_ids(seed, _build_seeded_clock(seed))
    people = build_people()
    rng = random.Random(f"tweets {seed}")
    return (
        _sign_text(written, people[written.lang].pick(rng), tweet_id, clock())
        for tweet_id, written in zip(ids, generate_texts(seed), strict=False)
    )


def generate_ids(seed: int, clock_ms: Callable[[], int]) -> Iterator[str]:
    """Number tweets as X does: milliseconds, then 18 bits of the run, then 4 bits of a sequence."""
    run = random.Random(f"ids {seed}").getrandbits(18)
    tick = 0
    while True:
        # A tick is 1/16 ms; more tweets than that run ahead of the clock instead of repeating.
        tick = max(tick + 1, (clock_ms() - _EPOCH_MS) << 4)
        yield str((tick >> 4) << 22 | run << 4 | tick & 15)


def _build_seeded_clock(seed: int) -> Callable[[], int]:
    rng = random.Random(f"clock {seed}")
    moments = count(_SEEDED_EPOCH_MS + rng.randrange(_YEAR_MS))
    return lambda: next(moments)


# Reading and compiling takes a while and the result never changes.
_load_phrasebook = cache(load_phrasebook)


def _sign_text(
    written: SyntheticText, person: Person, tweet_id: str, created_at: datetime
) -> Tweet:
    return Tweet(
        id=tweet_id,
        text=written.text,
        created_at=created_at,
        user_id=person.id,
        username=person.username,
        name=person.name,
        lang=written.lang,
        source=SOURCE,
    )


def _write_text(phrasebook: Phrasebook, rng: random.Random) -> SyntheticText:
    dice = rng.random()
    if dice < NOT_ENGLISH:
        topic = phrasebook.languages.pick(rng)
        phrase = rng.choice(topic.plain_patterns)
        text = _decorate(phrase.render(rng), topic, rng)
        return SyntheticText(text, f"{topic.name}: {phrase.pattern}", topic.name)
    if dice < NOT_ENGLISH + TWO_CATEGORIES:
        return _write_about_two(phrasebook, rng)
    topic = phrasebook.topics.pick(rng)
    phrase = _pick_phrase(topic, rng)
    text = _decorate(_chat(phrase.render(rng), phrasebook.chatter, rng), topic, rng)
    return SyntheticText(text, f"{topic.name}: {phrase.pattern}", "en")


def _write_about_two(phrasebook: Phrasebook, rng: random.Random) -> SyntheticText:
    first, second = rng.sample([t for t in phrasebook.topics.items if t.name != OTHER], 2)
    bridge = rng.choice(phrasebook.chatter.bridges)
    text = bridge.format(
        first=rng.choice(first.things).render(rng), second=rng.choice(second.things).render(rng)
    )
    return SyntheticText(_decorate(text, first, rng), f"two: {bridge}", "en")


def _pick_phrase(topic: Topic, rng: random.Random) -> Phrase:
    if not topic.patterns or rng.random() < WITHOUT_KEYWORD:
        return rng.choice(topic.plain_patterns)
    return rng.choice(topic.patterns)


def _chat(text: str, chatter: Chatter, rng: random.Random) -> str:
    if rng.random() < 0.12:
        text = f"{rng.choice(chatter.openers)} {text}"
    if rng.random() < 0.10:
        text = f"{text} {rng.choice(chatter.closers).render(rng)}"
    if rng.random() < 0.45 and text[-1] not in "?!.":
        text += rng.choice(chatter.endings)
    if rng.random() < 0.14:
        text = f"@{chatter.handle.render(rng)} {text}"
    return text


def _decorate(text: str, topic: Topic, rng: random.Random) -> str:
    text = _change_case(text, rng)
    if rng.random() < 0.30:
        text += "".join(
            f" {tag}" for tag in rng.sample(topic.hashtags, rng.choice((1, 1, 1, 2, 3)))
        )
    if rng.random() < 0.28:
        text += " " + rng.choice(topic.emoji) * rng.choice((1, 1, 1, 2, 3))
    if rng.random() < 0.12:
        text += " https://t.co/" + "".join(rng.choices(_LINK_LETTERS, k=10))
    return text


def _change_case(text: str, rng: random.Random) -> str:
    dice = rng.random()
    if dice < 0.55:
        return text[0].upper() + text[1:]
    if dice < 0.60:
        return text.upper()
    if dice < 0.75:
        return text.lower()
    return text
