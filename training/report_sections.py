"""The sections of a report on one evaluation, in HTML."""

from collections.abc import Iterable, Sequence
from html import escape

from training.evaluation import Baseline, Evaluation
from training.report_charts import write_charts
from training.scores import Score
from training.slices import MOST_WORDS_OF_VERY_SHORT, VERY_SHORT

_NOTHING = "-"


def write_sections(name: str, evaluation: Evaluation) -> list[str]:
    """Write what there is to say of one evaluation, by its name, behind its summary."""
    return [
        '<div class="columns">',
        *(write_section(heading, chart) for heading, chart in write_charts(name, evaluation)),
        write_section("What else would do, in numbers", _write_baselines(evaluation)),
        write_section("Kinds of texts, in numbers", _write_slices(evaluation)),
        "</div>",
        write_section("Each category, in numbers", _write_categories(evaluation)),
        write_section("The mistakes that it is most sure of", _write_mistakes(evaluation)),
    ]


def write_words(evaluation: Evaluation) -> str:
    """Write which words are strongest, which is so whatever the texts are."""
    lists = "\n".join(
        f"<div><h3>{escape(category)}</h3>{escape(', '.join(word for word, _ in words))}</div>"
        for category, words in evaluation.strongest_words.items()
    )
    return write_section(
        "The words that speak most for a category", f'<div class="words">\n{lists}\n</div>'
    )


def write_section(heading: str, content: str) -> str:
    """Put a heading over content that is HTML already."""
    return f"<section>\n<h2>{escape(heading)}</h2>\n{content}\n</section>"


def _write_baselines(evaluation: Evaluation) -> str:
    rows: dict[str, Evaluation | Baseline] = {
        "this model": evaluation,
        "the keyword rule": evaluation.keyword_baseline,
        f"always “{evaluation.majority}”": evaluation.majority_baseline,
    }
    return _write_table(
        "numbers",
        ["", "accuracy", "mean F1"],
        [(name, _format(row.accuracy), _format(row.macro_f1)) for name, row in rows.items()],
    )


def _write_slices(evaluation: Evaluation) -> str:
    sources = {f"from {source}": row for source, row in evaluation.sources.items()}
    table = _write_table(
        "numbers",
        ["", "texts", "without “other”", "accuracy"],
        [
            (
                name,
                f"{row.text_count:,}",
                _format_share(row.accuracy_without_other),
                _format_share(row.accuracy),
            )
            for name, row in (evaluation.slices | sources).items()
        ],
    )
    return (
        f'{table}\n<p class="note">A {VERY_SHORT} text has at most {MOST_WORDS_OF_VERY_SHORT} '
        "words. Without “other”: only texts about another category, and the best other answer."
        "</p>"
    )


def _write_categories(evaluation: Evaluation) -> str:
    rows = sorted(
        ((name, row) for name, row in evaluation.categories.items() if row.text_count),
        key=lambda found: -found[1].f1.value,
    )
    return _write_table(
        "numbers",
        ["", "texts", "precision", "recall", "F1"],
        [
            (
                name,
                f"{row.text_count:,}",
                *(_format(score) for score in (row.precision, row.recall, row.f1)),
            )
            for name, row in rows
        ],
    )


def _write_mistakes(evaluation: Evaluation) -> str:
    if not evaluation.mistakes:
        return "<p>It made none.</p>"
    return _write_table(
        "mistakes",
        ["text", "is about", "it says", "confidence", "because of"],
        [
            (
                mistake.text,
                mistake.category,
                mistake.predicted,
                f"{mistake.confidence:.2f}",
                ", ".join(word for word, _ in mistake.words) or _NOTHING,
            )
            for mistake in evaluation.mistakes
        ],
    )


def _format(score: Score) -> str:
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f})"


def _format_share(share: float | None) -> str:
    return _NOTHING if share is None else f"{share:.2f}"


def _write_table(kind: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{cell}</th>" for cell in heads)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>'
