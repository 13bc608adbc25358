"""The texts to learn from and those to be tested on, which are made from other templates."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from models.categories import CATEGORIES, label_text
from producer.sources.synthetic import SyntheticText

TEST_SHARE = 0.2


class CorpusError(Exception):
    """Texts that no model can be trained on; the message says why."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text, its category by the labelling rule, and the template it was made from."""

    text: str
    category: str
    template: str


@dataclass(frozen=True)
class Corpus:
    """Labelled texts; no template is in both parts, and each category is in both."""

    train: list[LabelledText]
    test: list[LabelledText]


def build_corpus(texts: Iterable[SyntheticText]) -> Corpus:
    """Label texts by their keywords and hold out a share of each category's templates."""
    labelled = label_texts(texts)
    held_out = choose_test_templates(labelled)
    corpus = Corpus(
        train=[text for text in labelled if text.template not in held_out],
        test=[text for text in labelled if text.template in held_out],
    )
    for purpose, part in (("train on", corpus.train), ("test on", corpus.test)):
        present = count_categories(part)
        missing = [category for category in CATEGORIES if category not in present]
        if missing:
            raise CorpusError(
                f"{len(labelled)} texts hold none about {', '.join(missing)} to {purpose}; "
                "ask for more with --texts."
            )
    return corpus


def label_texts(texts: Iterable[SyntheticText]) -> list[LabelledText]:
    """Label each text by its keywords."""
    return [LabelledText(text.text, label_text(text.text), text.template) for text in texts]


def choose_test_templates(texts: Iterable[LabelledText]) -> set[str]:
    """Choose the templates to hold out: a share of those that mostly make texts of a category.

    A template's place in the order is its own hash, so that new ones hardly move the others.
    """
    categories_by_template: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        categories_by_template[text.template][text.category] += 1
    templates_by_category: dict[str, list[str]] = defaultdict(list)
    for template, categories in categories_by_template.items():
        templates_by_category[categories.most_common(1)[0][0]].append(template)
    return {
        template
        for templates in templates_by_category.values()
        for template in sorted(templates, key=_hash_template)[: round(len(templates) * TEST_SHARE)]
    }


def count_categories(texts: Iterable[LabelledText]) -> dict[str, int]:
    """Count the texts of each category that has any, in the order of the labels."""
    counts = Counter(text.category for text in texts)
    return {category: counts[category] for category in CATEGORIES if counts[category]}


def _hash_template(template: str) -> bytes:
    return hashlib.sha256(template.encode()).digest()
