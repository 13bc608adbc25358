"""The texts to learn from: synthetic tweets, and loose words of each category among common ones."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from models.categories import OTHER, Categories
from models.words import split_words
from producer.sources.synthetic import generate_texts
from training.lexicon import Lexicon
from training.texts import LabelledText

# No pattern in here is one of the stream's; frames for categories of one's own are the stream's.
_PHRASES = Path(__file__).with_name("phrases")

# A word that is met less often is a name, a part of a link or a typing error.
_LEAST_TEXTS_WITH_WORD = 5
# Fewer texts do not show that a word gives keywords beside it another sense.
_LEAST_CONTEXT_TEXTS = 7

# Loose texts for each synthetic one.
_LOOSE_TEXTS_SHARE = 0.5
_MOST_LEXICON_WORDS = 4
_MOST_COMMON_WORDS = 11
# Of the categories: that many have a common word.
_MOST_CATEGORIES = 0.8


class CorpusError(Exception):
    """Texts that no model can be trained on; the message says why and what to do."""


def write_texts(categories: Categories, seed: int, text_count: int) -> list[LabelledText]:
    """Write synthetic tweets, each labelled with what it was written about.

    Those about two categories are left out: they are no example of either.
    """
    written = islice(generate_texts(seed, categories, _PHRASES), text_count)
    texts = [LabelledText(text.text, text.category) for text in written if text.second is None]
    missing = [name for name, count in count_categories(texts, categories).items() if not count]
    if missing:
        raise CorpusError(
            f"{text_count:,} texts hold none about {', '.join(missing)}; "
            "ask for more with --text-count."
        )
    return texts


def find_other_senses(texts: Iterable[LabelledText], categories: Categories) -> list[LabelledText]:
    """Find the texts that hold a keyword and are about nothing: they use it in another sense."""
    return [
        text for text in texts if text.category == OTHER and categories.find_keywords(text.text)
    ]


def find_context_words(other_senses: Iterable[LabelledText], lexicon: Lexicon) -> list[str]:
    """Find the words beside keywords in another sense, such as `stairs`, in a fixed order."""
    topical = {word for category, words in lexicon.items() if category != OTHER for word in words}
    counts = Counter(word for text in other_senses for word in set(split_words(text.text)))
    return sorted(
        word
        for word, count in counts.items()
        if count >= _LEAST_CONTEXT_TEXTS and word not in topical
    )


def write_loose_texts(
    texts: Sequence[LabelledText], lexicon: Lexicon, categories: Categories, seed: int
) -> Iterator[LabelledText]:
    """Write texts of a few words of a category, among words that are said whatever it is about.

    They teach words that no template has. As many are about each category, and about `other`.
    Nothing is written about a category without words.
    """
    rng = random.Random(f"loose texts {seed}")
    common_words = find_common_words(texts)
    for category in filter(lexicon.get, categories.names):
        for _ in range(round(_LOOSE_TEXTS_SHARE * len(texts) / len(categories.names))):
            words = rng.choices(lexicon[category], k=rng.randint(1, _MOST_LEXICON_WORDS))
            if category != OTHER and rng.random() < 0.5:
                words.append(rng.choice(categories.keywords[category]))
            if common_words:
                words += rng.choices(common_words, k=rng.randint(2, _MOST_COMMON_WORDS))
            yield LabelledText(" ".join(words), category)


def find_words(texts: Iterable[LabelledText]) -> list[str]:
    """Find the words that several texts have, in a fixed order."""
    text_counts = Counter(word for text in texts for word in set(split_words(text.text)))
    return sorted(word for word, count in text_counts.items() if count >= _LEAST_TEXTS_WITH_WORD)


def find_common_words(texts: Iterable[LabelledText]) -> list[str]:
    """Find the words that texts about most categories have, in a fixed order."""
    categories_by_word = defaultdict(set)
    for text in texts:
        for word in split_words(text.text):
            categories_by_word[word].add(text.category)
    least = _MOST_CATEGORIES * len(set().union(*categories_by_word.values()))
    return sorted(word for word, found in categories_by_word.items() if len(found) > least)


def count_categories(texts: Iterable[LabelledText], categories: Categories) -> dict[str, int]:
    """Count the texts of each category, in the order of the labels."""
    counts = Counter(text.category for text in texts)
    return {name: counts[name] for name in categories.names}
