"""The bars, tables and curves of a report as HTML and SVG."""

from collections.abc import Iterable, Sequence
from html import escape

from training.evaluation import Evaluation
from training.scores import Score

# The place of a curve inside its picture, in its own units.
_LEFT, _TOP, _WIDTH, _HEIGHT = 46, 14, 440, 230

_Point = tuple[float, float]


def format_score(score: Score) -> str:
    """Write a score with its interval."""
    return f"{score.value:.2f} <small>{score.low:.2f} to {score.high:.2f}</small>"


def draw_bar(value: float, interval: Score | None = None, kind: str = "") -> str:
    """Draw a share as a bar, with a line for the interval that it is in."""
    line = ""
    if interval:
        width = 100 * (interval.high - interval.low)
        line = f'<u style="left: {100 * interval.low:.2f}%; width: {width:.2f}%"></u>'
    css_class = f' class="{kind}"' if kind else ""
    return f'<div class="track"><i{css_class} style="width: {100 * value:.2f}%"></i>{line}</div>'


def draw_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay cells of HTML out: the first is text, the last a bar, all between are numbers."""
    kinds = ["", *[' class="number"'] * (len(heads) - 2), ' class="bar"']
    head = "".join(f"<th{kind}>{cell}</th>" for kind, cell in zip(kinds, heads, strict=True))
    body = "\n".join(
        "<tr>"
        + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def draw_confusion(evaluation: Evaluation) -> str:
    """Draw the confusion, each cell as dark as its share of the texts about the category."""
    names = [escape(name) for name in evaluation.categories]
    head = "".join(f"<th><span>{name}</span></th>" for name in names)
    rows = []
    for row, (name, counts) in enumerate(zip(names, evaluation.confusion, strict=True)):
        cells = "".join(
            _draw_cell(count, count / (sum(counts) or 1), is_right=row == column)
            for column, count in enumerate(counts)
        )
        rows.append(f"<tr><th>{name}</th>{cells}</tr>")
    body = "\n".join(rows)
    return (
        f'<table class="confusion"><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table>"
    )


def draw_calibration(evaluation: Evaluation) -> str:
    """Draw how often answers are right against how sure the model is of them."""
    bins = [
        (one.confidence, one.accuracy, one.text_count)
        for one in evaluation.calibration.bins
        if one.confidence is not None and one.accuracy is not None
    ]
    most = max(count for _, _, count in bins)
    dots = "".join(
        f'<circle cx="{_place_x(confidence):.1f}" cy="{_place_y(accuracy):.1f}" '
        f'r="{3 + 7 * (count / most) ** 0.5:.1f}"><title>{count:,} texts: confidence '
        f"{confidence:.2f}, right {accuracy:.2f}</title></circle>"
        for confidence, accuracy, count in bins
    )
    ideal = _draw_line([(0, 0), (1, 1)], "ideal")
    return _draw_chart("confidence", "share that is right", ideal + dots)


def draw_coverage(evaluation: Evaluation) -> str:
    """Draw what is left of the answers, and how good they are, if only sure ones are given."""
    points = evaluation.coverage
    right = [(point.confidence, point.accuracy) for point in points]
    answered = [(point.confidence, point.answered_share) for point in points]
    lines = _draw_line(right, "model") + _draw_line(answered, "share")
    names = (
        f'<text class="model" x="{_LEFT + 8}" y="{_TOP + _HEIGHT - 26}">— right</text>'
        f'<text class="share" x="{_LEFT + 8}" y="{_TOP + _HEIGHT - 10}">- - answered</text>'
    )
    return _draw_chart("least confidence", "share", lines + names)


def _draw_cell(count: int, share: float, *, is_right: bool) -> str:
    css_class = ' class="right"' if is_right else ""
    # One text must be seen, and on a darker ground its number could not be read.
    style = f"--share: {12 + 53 * share if count else 0:.0f}%"
    return f'<td{css_class} style="{style}">{f"{count:,}" if count else ""}</td>'


def _draw_chart(x_title: str, y_title: str, content: str) -> str:
    ticks = []
    for step in range(6):
        share = step / 5
        x, y = _place_x(share), _place_y(share)
        ticks.append(
            f'<line class="axis" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.1f}</text>'
            f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{share:.1f}</text>'
        )
    middle = _TOP + _HEIGHT / 2
    return (
        f'<svg viewBox="0 0 {_LEFT + _WIDTH + 14} {_TOP + _HEIGHT + 42}" role="img" '
        f'aria-label="{y_title} by {x_title}">{"".join(ticks)}{content}'
        f'<text x="{_LEFT + _WIDTH / 2}" y="{_TOP + _HEIGHT + 36}" text-anchor="middle">'
        f'{x_title}</text><text x="12" y="{middle}" text-anchor="middle" '
        f'transform="rotate(-90 12 {middle})">{y_title}</text></svg>'
    )


def _draw_line(points: Iterable[_Point], kind: str) -> str:
    places = " ".join(f"{_place_x(x):.1f},{_place_y(y):.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{places}"/>'


def _place_x(share: float) -> float:
    return _LEFT + _WIDTH * share


def _place_y(share: float) -> float:
    return _TOP + _HEIGHT * (1 - share)
