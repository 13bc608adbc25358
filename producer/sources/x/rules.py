"""The rules that the stream of X goes by: ours, of the categories, and what the account has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.categories import Categories
from producer.sources.live import SourceError

_MOST_RULES = 1000
_LONGEST_RULE = 1024
_ALL = 100
_SAMPLE = re.compile(r" sample:(\d+)$", re.ASCII)
# X calls these ambiguous, and refuses them, unless they are quoted.
_OPERATORS = ("or", "and", "not")


@dataclass(frozen=True, slots=True)
class Rule:
    """What posts must match, and the category it stands for; X gives each of its own an id."""

    value: str
    tag: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rules of an account beside ours: `foreign` ones are named after none of the categories.

    `missing` rules are ours and not yet there, `outdated` ones bear our names and are no longer
    ours, and `kept` ones stay as they are.
    """

    kept: list[Rule]
    missing: list[Rule]
    outdated: list[Rule]
    foreign: list[Rule]


def build_rules(categories: Categories, sample: int | None) -> list[Rule]:
    """Build the rules of the categories: one for each, or more where the keywords are many.

    Of what matches, X sends a sample of so many per cent, or all. Raises `SourceError` if there are
    more rules than X takes.
    """
    part = f" sample:{sample}" if sample and sample < _ALL else ""
    condition = f" lang:{categories.lang} -is:retweet{part}"
    rules = [
        Rule(f"({keywords}){condition}", category)
        for category, words in categories.keywords.items()
        for keywords in _join_keywords(words, _LONGEST_RULE - len(condition) - len("()"))
    ]
    if len(rules) > _MOST_RULES:
        raise SourceError(
            f"The keywords fill {len(rules):,} rules, and X takes {_MOST_RULES:,}: name fewer "
            "keywords in the file of TWEETS_CATEGORIES."
        )
    return rules


def parse_rules(answer: Mapping[str, Any]) -> list[Rule]:
    """Read the rules of an answer of X; raises what subscripts raise if it holds something else."""
    return [
        Rule(str(rule["value"]), str(rule.get("tag", "")), str(rule["id"]))
        for rule in answer.get("data") or []
    ]


def find_sample(account: Sequence[Rule], names: set[str]) -> int | None:
    """Find the per cent that an account has its rules of these names sampled by, if it has."""
    named = [_SAMPLE.search(rule.value) for rule in account if rule.tag in names]
    return min((int(found[1]) for found in named if found), default=None)


def compare_rules(account: Sequence[Rule], ours: Sequence[Rule], names: set[str]) -> Comparison:
    """Compare the rules of an account with ours; only what is tagged with a name can be ours."""
    wanted = {(rule.value, rule.tag) for rule in ours}
    named = [rule for rule in account if rule.tag in names]
    kept = [rule for rule in named if (rule.value, rule.tag) in wanted]
    present = {(rule.value, rule.tag) for rule in kept}
    return Comparison(
        kept=kept,
        missing=[rule for rule in ours if (rule.value, rule.tag) not in present],
        outdated=[rule for rule in named if (rule.value, rule.tag) not in wanted],
        foreign=[rule for rule in account if rule.tag not in names],
    )


def _join_keywords(words: Sequence[str], longest: int) -> Iterator[str]:
    joined = ""
    for word in map(_quote_keyword, words):
        longer = f"{joined} OR {word}" if joined else word
        if len(longer) > longest and joined:
            yield joined
            longer = word
        if len(longer) > longest:
            raise SourceError(
                f"The keyword {word[:20]}… is longer than a rule of X may be: leave it out of the "
                "file of TWEETS_CATEGORIES."
            )
        joined = longer
    yield joined


def _quote_keyword(word: str) -> str:
    return f'"{word}"' if word in _OPERATORS else word
