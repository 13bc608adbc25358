"""The form of a tweet: letter case, stretched words and slips, hashtags, mentions, emoji, links."""

import random
import re
import string
from collections.abc import Sequence

_LINK_LETTERS = string.ascii_letters + string.digits
_QUESTION = re.compile(
    r"(?:is|are|does|did|do(?! not)|who|why|how|which|where|can|should|what(?! a| I))\b(?!')",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?<=\b[Aa])(?= (?:[ai]|e(?!u)|o(?!ne)|ugly|under))", re.IGNORECASE)
# Not in names, such as El Salvador.
_UNCONTRACTED = re.compile(r"\b([Dd]e|[Aa]) el\b")
_START = re.compile(r"^[¿¡]?\w|(?<=[.?!] )[a-z]")
_STRETCHED = re.compile(
    r"\b(?:so|yes|love|good|really|please|me|very|way|never|omg|ugh|wow|muy|sí|qué|bien)\b"
)


def join_sentences(sentences: Sequence[str], endings: Sequence[str], rng: random.Random) -> str:
    """Join sentences into a text; all get the same end, but the last only sometimes one."""
    if not endings:
        return " ".join(sentences)
    ending = rng.choice(endings)
    ended = [_end(sentence, ending) for sentence in sentences]
    if rng.random() < 0.35:
        ended[-1] = sentences[-1]
    return " ".join(ended)


def correct_articles(sentence: str, lang: str) -> str:
    """Say `an` before a vowel in English, and `del` and `al` for `de el` and `a el` in Spanish."""
    if lang == "en":
        return _ARTICLE.sub("n", sentence)
    return _UNCONTRACTED.sub(r"\1l", sentence) if lang == "es" else sentence


def change_case(sentences: Sequence[str], rng: random.Random) -> list[str]:
    """Write the sentences as people do: mostly properly, some shouted, some with a loud word."""
    dice = rng.random()
    if dice < 0.035:
        return [sentence.upper() for sentence in sentences]
    proper = [_START.sub(lambda start: start[0].upper(), sentence) for sentence in sentences]
    if dice < 0.16:
        number = rng.randrange(len(proper))
        proper[number] = _stress_word(proper[number], rng)
    return proper


def roughen(text: str, rng: random.Random) -> str:
    """Now and then stretch a word, and now and then let a finger slip."""
    dice = rng.random()
    if dice < 0.05:
        return _STRETCHED.sub(lambda word: word[0] + word[0][-1] * rng.randint(2, 4), text, count=1)
    if dice < 0.075:
        return _misspell(text, rng)
    return text


def add_hashtags(text: str, tags: Sequence[str], rng: random.Random) -> str:
    """Put hashtags behind the text, or turn a word of it into one."""
    if not tags:
        return text
    if rng.random() < 0.35:
        for tag in tags:
            tagged, number = re.subn(rf"(?<= ){tag[1:]}(?= )", tag, text, count=1)
            if number:
                return tagged
    chosen = rng.sample(tags, min(len(tags), rng.choice((1, 1, 1, 2, 2, 3))))
    return " ".join([text, *chosen])


def add_emoji(text: str, emoji: Sequence[str], rng: random.Random) -> str:
    """Put an emoji behind the text, sometimes twice or with another one."""
    if not emoji:
        return text
    dice = rng.random()
    if dice < 0.25:
        return f"{text} {rng.choice(emoji)}{rng.choice(emoji)}"
    return f"{text} {rng.choice(emoji) * (3 if dice < 0.35 else 1)}"


def build_link(rng: random.Random) -> str:
    """Make up a short link."""
    return "https://t.co/" + "".join(rng.choices(_LINK_LETTERS, k=10))


def _end(sentence: str, ending: str) -> str:
    if sentence[-1] in "?!.…":
        return sentence
    asks = _QUESTION.match(sentence) and not any(mark in sentence for mark in "?,")
    return sentence + ("?" if asks else ending)


def _stress_word(sentence: str, rng: random.Random) -> str:
    words = sentence.split(" ")
    long = [number for number, word in enumerate(words) if len(word) > 2 and word.isalpha()]
    if long:
        number = rng.choice(long)
        words[number] = words[number].upper()
    return " ".join(words)


def _misspell(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    long = [number for number, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if long:
        number = rng.choice(long)
        word = words[number]
        place = rng.randrange(1, len(word) - 2)
        swapped = word[place + 1] + word[place]
        words[number] = word[:place] + swapped + word[place + 2 :]
    return " ".join(words)
