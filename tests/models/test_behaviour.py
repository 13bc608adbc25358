"""The model as it is trained by default, on tweets written by hand: what it must and must not do.

None of them is from a template. The rates are below what was measured (docs/model.md): they say
when it has become worse, not how good it is.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from models.categories import OTHER, load_categories
from models.registry import load_version, read_current
from models.scorer import Scorer
from training.texts import LabelledText, read_written_texts

FOLDER = Path(__file__).with_name("behaviour")
CATEGORIES = load_categories()
WELL_KNOWN_TRAPS = (
    "flight of stairs",
    "water under the bridge",
    "god knows",
    "design of the study",
    "hardware store",
)


@pytest.fixture(scope="module")
def scorer(model_root: Path) -> Scorer:
    current = read_current(model_root)
    assert current is not None
    return Scorer.load(load_version(model_root, current))


@pytest.fixture(scope="module")
def written() -> list[LabelledText]:
    texts = read_written_texts(CATEGORIES)
    assert texts is not None
    return texts


def read_cases(name: str) -> list[dict[str, Any]]:
    [cases] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")).values()
    return cases


def measure_accuracy(scorer: Scorer, texts: list[LabelledText]) -> float:
    return sum(scorer.explain(text.text).category == text.category for text in texts) / len(texts)


def test_words_that_everybody_uses_about_everything_have_no_say(scorer: Scorer) -> None:
    bare, talkative = scorer.explain("pizza"), scorer.explain("so what now, she just did pizza")
    assert talkative.probabilities == bare.probabilities


def test_every_keyword_has_a_say(scorer: Scorer) -> None:
    empty = scorer.explain("").probabilities
    for keyword, category in CATEGORIES.category_by_keyword.items():
        assert scorer.explain(keyword).probabilities[category] > empty[category], keyword


@pytest.mark.parametrize("category", CATEGORIES.names)
def test_most_tweets_about_a_category_are_found(
    scorer: Scorer, written: list[LabelledText], category: str
) -> None:
    about = [text for text in written if text.category == category]
    assert len(about) >= 25
    assert measure_accuracy(scorer, about) >= 0.65


def test_tweets_without_any_keyword_are_found_too(
    scorer: Scorer, written: list[LabelledText]
) -> None:
    about = [text for text in written if text.category != OTHER]
    without_keyword = [text for text in about if not CATEGORIES.find_keywords(text.text)]
    assert 0.4 < len(without_keyword) / len(about) < 0.6
    assert measure_accuracy(scorer, without_keyword) >= 0.65
    assert measure_accuracy(scorer, written) >= 0.78


@pytest.mark.parametrize(
    "pair",
    [pytest.param(pair, id=f"{pair['kind']} {pair['text']}") for pair in read_cases("invariance")],
)
def test_what_does_not_matter_changes_no_answer(scorer: Scorer, pair: dict[str, str]) -> None:
    assert scorer.explain(pair["changed"]).category == scorer.explain(pair["text"]).category


@pytest.mark.parametrize(
    "step", [pytest.param(step, id=step["with_word"]) for step in read_cases("direction")]
)
def test_a_topic_word_makes_its_category_more_probable(
    scorer: Scorer, step: dict[str, str]
) -> None:
    before, after = (
        scorer.explain(step[key]).probabilities[step["category"]] for key in ("text", "with_word")
    )
    assert after > before


@pytest.mark.parametrize("phrase", WELL_KNOWN_TRAPS)
def test_a_keyword_in_a_well_known_other_sense_hardly_ever_decides(
    scorer: Scorer, phrase: str
) -> None:
    traps = [trap for trap in read_cases("traps") if phrase in trap["text"].lower()]
    assert len(traps) >= 5
    wrong = [trap for trap in traps if scorer.explain(trap["text"]).category == trap["not"]]
    assert len(wrong) <= 1, wrong


def test_most_keywords_in_another_sense_do_not_decide(scorer: Scorer) -> None:
    traps = read_cases("traps")
    wrong = [trap for trap in traps if scorer.explain(trap["text"]).category == trap["not"]]
    # The keyword rule gets every single one wrong.
    assert all(CATEGORIES.label_text(trap["text"]) == trap["not"] for trap in traps)
    assert len(wrong) / len(traps) <= 0.3
    known = [trap for trap in traps if "category" in trap]
    right = [trap for trap in known if scorer.explain(trap["text"]).category == trap["category"]]
    assert len(right) / len(known) >= 0.55
