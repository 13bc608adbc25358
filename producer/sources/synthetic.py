"""Synthetic tweets: invented people write invented texts about the categories, or about none."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from models.categories import OTHER, Categories
from models.tweet import Tweet
from producer.sources import dress
from producer.sources.ids import build_seeded_clock, generate_ids
from producer.sources.patterns import Phrase
from producer.sources.people import Person, build_people
from producer.sources.phrasebook import STREAM_PHRASES, Topic, load_phrasebook

SOURCE = "synthetic"

# Shares of all texts.
FOREIGN = 0.04
TWO_CATEGORIES = 0.05
# Share of the texts about a category that hold none of its keywords.
WITHOUT_KEYWORD = 0.45
# Share of the texts about nothing that hold a keyword in another sense.
OTHER_SENSE = 0.145

# Shares of the texts that have this form, beside what the phrases themselves bring along.
OPENER, CLOSER = 0.10, 0.10
# How often a text that is not long enough goes on with none, one or two sentences on its topic.
MORE_ON_TOPIC = (4, 4, 3)
ALL_LOWER_CASE = 0.12
MENTION, HASHTAG, EMOJI, LINK = 0.085, 0.22, 0.24, 0.12

# How many words a text wants to have: half of the real ones have fewer, a tenth more than twice
# as many.
_MEDIAN_WORDS = 23.0
_SPREAD_OF_WORDS = 0.62
_SHORTEST_SENTENCE = 4
_REMARKS = 4
# A tweet has 280 letters at most; what does not fit behind the sentences is left out.
_LONGEST_TEXT = 280
_LONGEST_BODY = 250


@dataclass(frozen=True, slots=True)
class SyntheticText:
    """A text, what it was written about, the id of its template, and its language (`en`, `es`, …).

    A template keeps its id as long as its own words stay the same. A text about two categories has
    the `second` one, any other `None`.
    """

    text: str
    category: str
    template: str
    lang: str
    second: str | None = None


def generate_texts(
    seed: int, categories: Categories, phrases: Path = STREAM_PHRASES
) -> Iterator[SyntheticText]:
    """Write texts without end from a folder of phrases; the same seed gives the same texts."""
    writer = _Writer(categories, phrases, random.Random(f"texts {seed}"))
    return (writer.write_text() for _ in count())


def generate_tweets(
    seed: int | None, clock: Callable[[], datetime], categories: Categories
) -> Iterator[Tweet]:
    """Write tweets without end, each created at the clock's time when it is asked for.

    The same seed gives the same ids, texts and people. Without a seed every run is different, and
    no two tweets, of this run or another, have the same id.
    """
    if seed is None:
        seed = random.SystemRandom().getrandbits(64)
        ids = generate_ids(seed, lambda: int(clock().timestamp() * 1000))
    else:
        ids = generate_ids(seed, build_seeded_clock(seed))
    people = build_people(categories.lang)
    rng = random.Random(f"tweets {seed}")
    return (
        _sign_text(written, people[written.lang].pick(rng), tweet_id, clock())
        for tweet_id, written in zip(ids, generate_texts(seed, categories), strict=False)
    )


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


class _Writer:
    def __init__(self, categories: Categories, phrases: Path, rng: random.Random) -> None:
        self._book = load_phrasebook(categories, phrases)
        self._chatter = self._book.chatter
        self._pairs = tuple(topic for topic in self._book.topics.items if topic.name != OTHER)
        self._lang = categories.lang
        self._rng = rng

    def write_text(self) -> SyntheticText:
        """Write about something."""
        dice = self._rng.random()
        if dice < FOREIGN:
            return self._write_foreign()
        if dice < FOREIGN + TWO_CATEGORIES:
            return self._write_about_two()
        return self._write_about(self._book.topics.pick(self._rng))

    def _write_foreign(self) -> SyntheticText:
        topic = self._book.foreign.pick(self._rng)
        phrase = self._rng.choice(topic.plain_patterns)
        text = self._dress([phrase.render(self._rng)], topic, topic.hashtags)
        return SyntheticText(text, OTHER, f"{topic.lang}: {phrase.pattern}", topic.lang)

    def _write_about_two(self) -> SyntheticText:
        rng = self._rng
        first, second = rng.sample(self._pairs, 2)
        if self._chatter.bridges and rng.random() < 0.5:
            bridge = rng.choice(self._chatter.bridges)
            things = (rng.choice(topic.things).render(rng) for topic in (first, second))
            sentences = [bridge.format(first=next(things), second=next(things))]
            template = f"two: {bridge}"
        else:
            phrases = [rng.choice(topic.patterns) for topic in (first, second)]
            sentences = [phrase.render(rng) for phrase in phrases]
            template = f"two: {phrases[0].pattern} / {phrases[1].pattern}"
        self._extend(sentences)
        text = self._dress(sentences, first, first.plain_hashtags)
        return SyntheticText(text, first.name, template, self._lang, second.name)

    def _write_about(self, topic: Topic) -> SyntheticText:
        rng = self._rng
        share = OTHER_SENSE if topic.name == OTHER else 1 - WITHOUT_KEYWORD
        says_keyword = not topic.plain_patterns or (topic.patterns and rng.random() < share)
        phrase = rng.choice(topic.patterns if says_keyword else topic.plain_patterns)
        sentences = [phrase.render(rng)]
        self._extend(sentences, topic.plain_patterns, phrase)
        hashtags = topic.hashtags if says_keyword else topic.plain_hashtags
        text = self._dress(sentences, topic, hashtags)
        return SyntheticText(text, topic.name, f"{topic.name}: {phrase.pattern}", self._lang)

    def _extend(
        self, sentences: list[str], more: tuple[Phrase, ...] = (), said: Phrase | None = None
    ) -> None:
        """Go on until there are as many words as people write: on the topic, then about it."""
        rng, chatter = self._rng, self._chatter
        if chatter.openers and rng.random() < OPENER:
            sentences[0] = f"{rng.choice(chatter.openers).render(rng)} {sentences[0]}"
        missing = _MEDIAN_WORDS * rng.lognormvariate(0, _SPREAD_OF_WORDS) - _count_words(sentences)
        say_more = rng.choices((0, 1, 2), MORE_ON_TOPIC)[0]
        for phrase in (*_sample(more, say_more, rng), *_sample(chatter.remarks, _REMARKS, rng)):
            if missing < _SHORTEST_SENTENCE:
                break
            if phrase is said:
                continue
            sentences.append(phrase.render(rng))
            missing -= _count_words(sentences[-1:])
        if chatter.closers and rng.random() < CLOSER:
            comma = "" if sentences[-1][-1] in "?!.…" else ","
            sentences[-1] += f"{comma} {rng.choice(chatter.closers).render(rng)}"

    def _dress(self, sentences: list[str], topic: Topic, hashtags: tuple[str, ...]) -> str:
        rng = self._rng
        while len(sentences) > 1 and sum(map(len, sentences)) + len(sentences) > _LONGEST_BODY:
            sentences.pop()
        sentences = [dress.correct_articles(sentence, topic.lang) for sentence in sentences]
        small = rng.random() < ALL_LOWER_CASE
        proper = sentences if small else dress.change_case(sentences, rng)
        endings = self._chatter.endings if topic.lang == self._lang else ()
        text = dress.join_sentences(proper, endings, rng)
        text = dress.roughen(text, rng)
        if rng.random() < MENTION:
            handle = rng.choice(self._book.handles).render(rng)
            text = _choose_fitting(f"@{handle} {text}", text)
        if rng.random() < HASHTAG:
            text = _choose_fitting(dress.add_hashtags(text, hashtags, rng), text)
        if rng.random() < EMOJI:
            text = _choose_fitting(dress.add_emoji(text, topic.emoji, rng), text)
        if small:
            text = text.lower()
        if rng.random() < LINK:
            text = _choose_fitting(f"{text} {dress.build_link(rng)}", text)
        return text


def _choose_fitting(longer: str, shorter: str) -> str:
    return longer if len(longer) <= _LONGEST_TEXT else shorter


def _sample(phrases: tuple[Phrase, ...], number: int, rng: random.Random) -> list[Phrase]:
    return rng.sample(phrases, min(number, len(phrases)))


def _count_words(sentences: list[str]) -> int:
    return sum(sentence.count(" ") + 1 for sentence in sentences)
