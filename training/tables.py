"""An evaluation as tables for the terminal."""

from collections.abc import Iterable

from training.evaluation import Evaluation, SliceScores
from training.scores import CategoryScores, Score

_NOTHING = "-"


def format_evaluation(evaluation: Evaluation) -> str:
    """Lay an evaluation out for the terminal: the whole, each category, each kind of text."""
    width = max(map(len, (*evaluation.categories, *evaluation.slices, *evaluation.sources)))
    lines = [
        *_format_whole(evaluation),
        "",
        f"{'category':<{width}} {'texts':>7} {'precision':>9} {'recall':>9} {'F1':>9}",
        *(_format_category(name, row, width) for name, row in evaluation.categories.items()),
        "",
        f"{'kind of text':<{width}} {'texts':>7} {'accuracy':>9} {'without other':>14}",
        *(
            _format_slice(name, row, width)
            for part in (evaluation.slices, evaluation.sources)
            for name, row in part.items()
        ),
    ]
    return "\n".join(lines)


def _format_whole(evaluation: Evaluation) -> Iterable[str]:
    agreement = evaluation.keyword_agreement
    yield (
        f"accuracy {_format_score(evaluation.accuracy)} on {evaluation.text_count:,} texts, "
        f"mean F1 {_format_score(evaluation.macro_f1)}"
    )
    if evaluation.accuracy_without_other:
        yield f"without other {_format_score(evaluation.accuracy_without_other)}"
    yield (
        f"the keyword rule {evaluation.keyword_baseline.accuracy.value:.3f}, always "
        f"{evaluation.majority} {evaluation.majority_baseline.accuracy.value:.3f}"
    )
    yield (
        f"says what the keyword rule says for {agreement.all_texts:.0%} of the texts, for "
        f"{_format_share(agreement.texts_with_keywords, '.0%')} of those with a keyword"
    )
    yield f"calibration error {evaluation.calibration.expected_error:.3f}"


def _format_category(name: str, row: CategoryScores, width: int) -> str:
    scores = (row.precision.value, row.recall.value, row.f1.value)
    cells = " ".join(f"{score:>9.3f}" if row.text_count else f"{_NOTHING:>9}" for score in scores)
    return f"{name:<{width}} {row.text_count:>7,} {cells}"


def _format_slice(name: str, row: SliceScores, width: int) -> str:
    accuracy, without_other = map(_format_share, (row.accuracy, row.accuracy_without_other))
    return f"{name:<{width}} {row.text_count:>7,} {accuracy:>9} {without_other:>14}"


def _format_score(score: Score) -> str:
    return f"{score.value:.3f} ({score.low:.3f} to {score.high:.3f})"


def _format_share(share: float | None, form: str = ".3f") -> str:
    return _NOTHING if share is None else format(share, form)
