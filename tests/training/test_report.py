"""A report is one page that needs nothing else, and one picture."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_models import CATEGORIES, build_model, build_scorer

from models.categories import OTHER, Categories
from models.scorer import Scorer
from training.evaluate import evaluate_texts
from training.evaluation import Evaluation
from training.judging import SYNTHETIC, WRITTEN
from training.report import write_report
from training.texts import LabelledText

CARD = {
    "created_at": "2026-11-24T09:30:00+00:00",
    "lang": "en",
    "words": 1_234,
    "words_with_vectors": 1_000,
}
TEXTS = [
    LabelledText("pizza", "food", "a<b"),
    LabelledText("film", "movies"),
    LabelledText("rain", "other"),
    LabelledText("<script>alert('pizza')</script> & more", "movies"),
]
EMPTY_TAGS = {"meta", "br"}


class TagCheck(HTMLParser):
    """Remembers which tags were seen, and that each is closed in its turn.

    Links within the page are none; `chart_texts` is what is written in its charts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.chart_texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [
            value
            for name, value in attrs
            if name in ("src", "href", "xlink:href") and value and not value.startswith("#")
        ]
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY_TAGS:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["text"]:
            self.chart_texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_texts(build_scorer(), TEXTS, CATEGORIES)


def write_page(folder: Path, evaluations: dict[str, Evaluation], title: str = "Model v1") -> str:
    folder.mkdir(exist_ok=True)
    write_report(folder, title, evaluations, CARD)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_loads_nothing(tmp_path: Path, evaluation: Evaluation) -> None:
    check = TagCheck()
    check.feed(write_page(tmp_path, {WRITTEN: evaluation}))
    assert check.open == []
    assert check.links == []
    assert {"table", "svg"} <= check.seen
    assert not {"script", "link", "img"} & check.seen


def test_charts_have_the_colors_of_the_page_be_it_light_or_dark(
    tmp_path: Path, evaluation: Evaluation
) -> None:
    charts = re.findall(r"<svg.*?</svg>", write_page(tmp_path, {WRITTEN: evaluation}), re.DOTALL)
    assert len(charts) == 6
    assert not re.search(r"#[0-9a-f]{6};|<image", "".join(charts))
    assert "fill: var(--model)" in charts[0]


def test_no_id_is_given_twice(tmp_path: Path, evaluation: Evaluation) -> None:
    page = write_page(tmp_path, {WRITTEN: evaluation, SYNTHETIC: evaluation})
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert ids
    assert len(set(ids)) == len(ids)


def test_the_picture_is_a_png(tmp_path: Path, evaluation: Evaluation) -> None:
    write_page(tmp_path, {WRITTEN: evaluation})
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_texts_and_names_are_shown_as_they_are(tmp_path: Path, evaluation: Evaluation) -> None:
    page = write_page(tmp_path, {"my <texts>": evaluation}, title="Model <v1> & $more")
    assert "&lt;script&gt;alert(&#x27;pizza&#x27;)&lt;/script&gt; &amp; more" in page
    assert "a&lt;b" in page
    assert "On 4 my &lt;texts&gt;" in page
    assert "<h1>Model &lt;v1&gt; &amp; $more</h1>" in page


def test_the_summary_says_how_good_it_is_and_what_is_confused(
    tmp_path: Path, evaluation: Evaluation
) -> None:
    page = write_page(tmp_path, {WRITTEN: evaluation})
    assert "<small>accuracy</small><b>0.75</b>" in page
    assert "Most often it takes “movies” for “food” (1)." in page
    assert "trained at 2026-11-24T09:30:00+00:00 · judged by 4 hand-written tweets" in page


def test_only_synthetic_tweets_are_called_a_smoke_test(
    tmp_path: Path, evaluation: Evaluation
) -> None:
    both = write_page(tmp_path, {WRITTEN: evaluation, SYNTHETIC: evaluation})
    assert both.count("A smoke test:") == 1
    assert "<h2>On 4 synthetic tweets (smoke test)</h2>" in both
    assert both.index("On 4 hand-written") < both.index("A smoke test:")
    alone = write_page(tmp_path, {SYNTHETIC: evaluation})
    assert alone.count("A smoke test:") == 1
    assert "A smoke test:" not in write_page(tmp_path, {"texts.jsonl": evaluation})


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, evaluation: Evaluation) -> None:
    for folder in ("first", "second"):
        write_page(tmp_path / folder, {WRITTEN: evaluation})
    for name in ("report.html", "report.png"):
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("first", "second"))
        assert first == second


def test_categories_of_any_name_are_drawn(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    names = ("$a^b$", "食べ物<")
    categories = Categories("ja", {names[0]: ("pizza",), names[1]: ("film",)})
    texts = [LabelledText("pizza", names[0]), LabelledText("film", names[0])]
    evaluation = evaluate_texts(Scorer(build_model(), (*names, OTHER), "v1"), texts, categories)
    page = write_page(tmp_path, {"my_texts.jsonl": evaluation})
    check = TagCheck()
    check.feed(page)
    assert {"$a^b$", "食べ物<", "$a^b$ (2)"} <= set(check.chart_texts)
    assert "食べ物&lt;" in page
    assert [str(warning.message) for warning in recwarn] == []


def test_a_model_without_mistakes_is_said_to_have_made_none(tmp_path: Path) -> None:
    evaluation = evaluate_texts(build_scorer(), TEXTS[:1], CATEGORIES)
    page = write_page(tmp_path, {WRITTEN: evaluation})
    assert "It made none." in page
    assert "Most often it takes" not in page
    assert not re.search(r"\bnan\b", page)


def test_a_model_without_vectors_says_how_little_it_knows(
    tmp_path: Path, evaluation: Evaluation
) -> None:
    assert "no word vectors" not in write_page(tmp_path, {WRITTEN: evaluation})
    write_report(
        tmp_path, "Model v1", {WRITTEN: evaluation}, {**CARD, "lang": "nl", "words_with_vectors": 0}
    )
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "no word vectors for the language “nl”" in page
    assert "1,234 words" in page
