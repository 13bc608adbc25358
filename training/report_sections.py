"""The sections of a report on one evaluation, in HTML."""

from html import escape

from training.evaluation import Evaluation
from training.report_charts import (
    draw_bar,
    draw_calibration,
    draw_confusion,
    draw_coverage,
    draw_table,
    format_score,
)
from training.slices import MOST_WORDS_OF_VERY_SHORT, VERY_SHORT

_NOTHING = "-"


def write_sections(evaluation: Evaluation) -> list[str]:
    """Write what there is to say of one evaluation behind its summary."""
    return [
        write_section("Accuracy, and what else would do", _write_baselines(evaluation)),
        write_section("Each category, best first", _write_categories(evaluation)),
        write_section(
            "What is taken for what",
            '<p class="note">Rows: what the texts are about; columns: what the model says. '
            "The stronger the colour, the larger the share of the row.</p>\n"
            f"{draw_confusion(evaluation)}",
        ),
        write_section("Kinds of texts", _write_slices(evaluation)),
        '<div class="columns">',
        write_section(
            "Is it as often right as it is sure?",
            f"{draw_calibration(evaluation)}\n"
            '<p class="note">Each dot: the texts that it is about as sure of. Dotted: ideal.</p>',
        ),
        write_section(
            "If only sure answers were given",
            f"{draw_coverage(evaluation)}\n"
            '<p class="note">Right: share of the answers that are still given.</p>',
        ),
        "</div>",
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
    majority = f"always “{escape(evaluation.majority)}”"
    rows = [
        ("this model", evaluation.accuracy, evaluation.macro_f1, ""),
        (
            "the keyword rule",
            evaluation.keyword_baseline.accuracy,
            evaluation.keyword_baseline.macro_f1,
            "other",
        ),
        (
            majority,
            evaluation.majority_baseline.accuracy,
            evaluation.majority_baseline.macro_f1,
            "other",
        ),
    ]
    return draw_table(
        ["", "mean F1", "accuracy", ""],
        [
            (
                name,
                format_score(f1),
                format_score(accuracy),
                draw_bar(accuracy.value, accuracy, kind),
            )
            for name, accuracy, f1, kind in rows
        ],
    )


def _write_categories(evaluation: Evaluation) -> str:
    rows = sorted(
        ((name, row) for name, row in evaluation.categories.items() if row.text_count),
        key=lambda found: -found[1].f1.value,
    )
    return draw_table(
        ["", "texts", "precision", "recall", "F1", ""],
        [
            (
                escape(name),
                f"{row.text_count:,}",
                format_score(row.precision),
                format_score(row.recall),
                format_score(row.f1),
                draw_bar(row.f1.value, row.f1),
            )
            for name, row in rows
        ],
    )


def _write_slices(evaluation: Evaluation) -> str:
    rows = [
        *evaluation.slices.items(),
        *((f"from {source}", row) for source, row in evaluation.sources.items()),
    ]
    table = draw_table(
        ["", "texts", "without “other”", "accuracy", ""],
        [
            (
                escape(name),
                f"{row.text_count:,}",
                _write_share(row.accuracy_without_other),
                _write_share(row.accuracy),
                "" if row.accuracy is None else draw_bar(row.accuracy),
            )
            for name, row in rows
        ],
    )
    return (
        f'{table}\n<p class="note">A {VERY_SHORT} text has at most {MOST_WORDS_OF_VERY_SHORT} '
        "words. Without “other”: only texts about another category, and the best other answer."
        "</p>"
    )


def _write_share(share: float | None) -> str:
    return _NOTHING if share is None else f"{share:.2f}"


def _write_mistakes(evaluation: Evaluation) -> str:
    if not evaluation.mistakes:
        return "<p>It made none.</p>"
    heads = ("text", "is about", "it says", "confidence", "because of")
    head = "".join(f"<th>{name}</th>" for name in heads)
    rows = []
    for mistake in evaluation.mistakes:
        cells = (
            mistake.text,
            mistake.category,
            mistake.predicted,
            f"{mistake.confidence:.2f}",
            ", ".join(word for word, _ in mistake.words) or _NOTHING,
        )
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    body = "\n".join(rows)
    return (
        f'<table class="mistakes"><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>'
    )
