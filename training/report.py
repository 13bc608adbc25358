"""The report on a version: one page of HTML that needs nothing else, and one picture."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from training.evaluation import Evaluation
from training.judging import SYNTHETIC
from training.report_charts import draw_picture
from training.report_sections import write_section, write_sections, write_words
from training.scores import Score

_PAGE = Path(__file__).with_name("report.html")
_SMOKE_TEST = (
    "A smoke test: it is made of the words and templates that this project wrote itself. It shows "
    "that the training worked, and nothing about texts that people write."
)
_NO_VECTORS = (
    "There are no word vectors for the language “{lang}”: the model knows the {count:,} words of "
    "its keywords and of the texts that it was trained on, and nothing about any other word. "
    "Expect it to be little more than its list of keywords."
)


def write_report(
    folder: Path, title: str, evaluations: Mapping[str, Evaluation], card: Mapping[str, Any]
) -> None:
    """Write `report.html` and `report.png` into a folder, by the names of the judged texts.

    The first evaluation is what the report is about; the others are shown behind it.
    """
    (main_name, main), *others = evaluations.items()
    body = [
        _write_knowledge(card),
        _write_summary(main_name, main),
        *write_sections(main_name, main),
        write_words(main),
        *(_write_other(name, evaluation) for name, evaluation in others),
    ]
    page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
        title=escape(title), subtitle=_write_subtitle(evaluations, card), body="\n".join(body)
    )
    (folder / "report.html").write_text(page, encoding="utf-8")
    draw_picture(folder / "report.png", title, _describe_texts(main_name, main), main)


def _write_subtitle(evaluations: Mapping[str, Evaluation], card: Mapping[str, Any]) -> str:
    parts = [f"trained at {card['created_at']}"]
    judges = " and ".join(_describe_texts(name, row) for name, row in evaluations.items())
    parts.append(f"judged by {judges}")
    return escape(" · ".join(parts))


def _write_knowledge(card: Mapping[str, Any]) -> str:
    """Warn of a model that knows no more than it was told."""
    if card["words_with_vectors"]:
        return ""
    return (
        f'<p class="note">{_NO_VECTORS.format(lang=escape(card["lang"]), count=card["words"])}</p>'
    )


def _write_summary(name: str, evaluation: Evaluation) -> str:
    """Say in numbers and sentences what a reader wants to know first."""
    without_other = evaluation.accuracy_without_other
    agreement = evaluation.keyword_agreement
    tiles = [
        ("accuracy", evaluation.accuracy.value, _write_interval(evaluation.accuracy)),
        ("mean F1", evaluation.macro_f1.value, _write_interval(evaluation.macro_f1)),
        ("calibration error", evaluation.calibration.expected_error, "0 is best"),
        ("same as keyword rule", agreement.all_texts, _write_keyword_agreement(evaluation)),
    ]
    if without_other:
        value, interval = without_other.value, _write_interval(without_other)
        tiles.insert(1, ("accuracy without “other”", value, interval))
    written_tiles = "\n".join(
        f"<div><small>{label}</small><b>{value:.2f}</b><small>{note}</small></div>"
        for label, value, note in tiles
    )
    note = f'<p class="note">{_SMOKE_TEST}</p>' if name == SYNTHETIC else ""
    return write_section(
        f"On {_describe_texts(name, evaluation)}",
        f'{note}<div class="tiles">\n{written_tiles}\n</div>\n{_write_sentences(evaluation)}',
    )


def _describe_texts(name: str, evaluation: Evaluation) -> str:
    note = " (smoke test)" if name == SYNTHETIC else ""
    return f"{evaluation.text_count:,} {name}{note}"


def _write_interval(score: Score) -> str:
    return f"{score.low:.2f} to {score.high:.2f}"


def _write_keyword_agreement(evaluation: Evaluation) -> str:
    share = evaluation.keyword_agreement.texts_with_keywords
    return "no text has a keyword" if share is None else f"{share:.2f} where there is a keyword"


def _write_sentences(evaluation: Evaluation) -> str:
    judged = {name: row.f1.value for name, row in evaluation.categories.items() if row.text_count}
    ranked = sorted(judged, key=lambda name: -judged[name])
    sentences = [f"Best F1: {_list_scores(ranked[:3], judged)}."]
    if ranked[3:]:
        sentences.append(f"Weakest: {_list_scores(ranked[3:][:-4:-1], judged)}.")
    names = list(evaluation.categories)
    confused = [
        (count, names[row], names[column])
        for row, counts in enumerate(evaluation.confusion)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    confused.sort(key=lambda one: -one[0])
    if confused:
        taken = ", ".join(
            f"“{text}” for “{answer}” ({count:,})" for count, text, answer in confused[:3]
        )
        sentences.append(f"Most often it takes {taken}.")
    return f"<p>{escape(' '.join(sentences))}</p>"


def _list_scores(names: Iterable[str], scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {scores[name]:.2f}" for name in names)


def _write_other(name: str, evaluation: Evaluation) -> str:
    details = "\n".join(write_sections(name, evaluation))
    return (
        f"{_write_summary(name, evaluation)}\n"
        f"<details><summary>All about {escape(name)}</summary>\n{details}\n</details>"
    )
