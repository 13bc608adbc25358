"""The charts of a report: each an SVG for its page, and all of them one PNG."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from training.evaluation import Evaluation
from training.scores import Score

_MODEL, _QUIET, _WRONG, _TEXT = "#2f5fa8", "#a3adba", "#c2452d", "#1c2430"
# The page has these colors for a light and for a dark ground.
_PAGE_COLORS = {_MODEL: "model", _QUIET: "other", _WRONG: "wrong", _TEXT: "text"}

_STYLE: dict[Any, Any] = {
    # The browser writes the text: the font that comes with matplotlib does not have every script.
    "svg.fonttype": "none",
    # A name may hold a dollar sign, which is no formula.
    "text.parse_math": False,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.prop_cycle": f"cycler(color=['{_TEXT}'])",
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _QUIET,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "legend.frameon": False,
}

# In inches.
_WIDTH = 5.8


def write_charts(name: str, evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Draw each chart as an SVG that stands in a page of HTML, behind its heading.

    By the name, their ids are others than those of the charts of another evaluation.
    """
    heights = np.repeat(_measure_rows(evaluation), 2)
    for (heading, draw), height in zip(_CHARTS.items(), heights, strict=True):
        with _use_style(), mpl.rc_context({"svg.hashsalt": f"{name}: {heading}"}):
            figure = Figure(figsize=(_WIDTH, height), layout="constrained")
            draw(figure.subplots(), evaluation)
            yield heading, _write_svg(figure, heading)


def draw_picture(path: Path, title: str, texts: str, evaluation: Evaluation) -> None:
    """Draw all charts as a PNG of one page; `texts` says what the model is judged by."""
    heights = _measure_rows(evaluation)
    accuracy = evaluation.accuracy
    with _use_style():
        figure = Figure(figsize=(2 * _WIDTH, sum(heights) + 1), layout="constrained")
        figure.suptitle(
            f"{title}\nright on {accuracy.value:.0%} ({accuracy.low:.0%} to {accuracy.high:.0%}) "
            f"of {texts}",
            fontsize=14,
            fontweight="bold",
        )
        rows = figure.subplots(3, 2, height_ratios=heights)
        for axes, (heading, draw) in zip(rows.flat, _CHARTS.items(), strict=True):
            axes.set_title(heading)
            draw(axes, evaluation)
        # The version of matplotlib, which it would add, says nothing about the model.
        figure.savefig(path, format="png", dpi=110, metadata={"Software": None})


def _measure_rows(evaluation: Evaluation) -> list[float]:
    return [2.3, max(3.0, 1.2 + 0.35 * len(evaluation.categories)), 3.3]


@contextmanager
def _use_style() -> Iterator[None]:
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # In the PNG such a letter is a box; the page shows it.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def _write_svg(figure: Figure, heading: str) -> str:
    file = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    svg = file.getvalue().partition("<svg")[2]
    # Names of groups, which would be the same in each chart of the page.
    svg = re.sub(r'<g id="[\w.]+"', "<g", svg)
    for color, name in _PAGE_COLORS.items():
        svg = svg.replace(color, f"var(--{name})")
    return f'<svg role="group" aria-label="{escape(heading)}"{svg}'


def _draw_baselines(axes: Axes, evaluation: Evaluation) -> None:
    names = ["this model", "keyword rule", f"always “{evaluation.majority}”"]
    baselines = (evaluation, evaluation.keyword_baseline, evaluation.majority_baseline)
    scores = [baseline.accuracy for baseline in baselines]
    _draw_scores(axes, names, scores, [_MODEL, _QUIET, _QUIET])


def _draw_slices(axes: Axes, evaluation: Evaluation) -> None:
    shares = {
        f"{name} ({row.text_count:,})": row.accuracy
        for name, row in evaluation.slices.items()
        if row.accuracy is not None
    }
    bars = axes.barh(list(shares), list(shares.values()), color=_MODEL, height=0.6)
    axes.bar_label(bars, fmt="{:.2f}", padding=4)
    axes.axvline(evaluation.accuracy.value, color=_TEXT, linewidth=0.8, linestyle=":")
    _use_shares(axes)


def _draw_categories(axes: Axes, evaluation: Evaluation) -> None:
    found = [
        (f"{name} ({row.text_count:,})", row.f1)
        for name, row in evaluation.categories.items()
        if row.text_count
    ]
    found.sort(key=lambda row: -row[1].value)
    _draw_scores(axes, [name for name, _ in found], [f1 for _, f1 in found], [_MODEL])


def _draw_scores(
    axes: Axes, names: Sequence[str], scores: Sequence[Score], colors: Sequence[str]
) -> None:
    """Draw bars with their intervals; the values stand where no interval crosses them."""
    values = np.array([score.value for score in scores])
    edges = np.array([(score.low, score.high) for score in scores]).T
    errors = np.abs(edges - values)
    places = np.arange(len(names))
    style = {"ecolor": _TEXT, "capsize": 2.5}
    axes.barh(places, values, height=0.6, color=colors, xerr=errors, error_kw=style)
    axes.set_yticks(places, names)
    for place, score in enumerate(scores):
        axes.text(max(score.high, score.value) + 0.015, place, f"{score.value:.2f}", va="center")
    _use_shares(axes)


def _use_shares(axes: Axes) -> None:
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    axes.set_xticks(np.linspace(0, 1, 6))


def _draw_confusion(axes: Axes, evaluation: Evaluation) -> None:
    counts = np.array(evaluation.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                width=1,
                height=1,
                color=_MODEL if row == column else _WRONG,
                linewidth=0,
                # One text must be seen, and on a darker ground its number could not be read.
                alpha=0.12 + 0.53 * shares[row, column],
            )
        )
        count = f"{counts[row, column]:,}"
        axes.text(column, row, count, ha="center", va="center", fontsize=8)
    names = list(evaluation.categories)
    places = range(len(names))
    axes.set_xticks(places, names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, names)
    edge = len(names) - 0.5
    axes.set(xlim=(-0.5, edge), ylim=(edge, -0.5))
    axes.set_xlabel("the model's answer (stronger color: more of the row)")
    axes.set_ylabel("what the text is about")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _draw_calibration(axes: Axes, evaluation: Evaluation) -> None:
    bins = [one for one in evaluation.calibration.bins if one.text_count]
    most = max(one.text_count for one in bins)
    axes.plot([0, 1], [0, 1], color=_QUIET, linestyle=":", label="as often as it is sure")
    axes.scatter(
        [one.confidence or 0.0 for one in bins],
        [one.accuracy or 0.0 for one in bins],
        s=[20 + 180 * one.text_count / most for one in bins],
        color=_MODEL,
        label="texts (larger: more)",
    )
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1.03), ylim=(0, 1.05))
    error = evaluation.calibration.expected_error
    axes.legend(loc="lower right", title=f"error {error:.3f}")


def _draw_coverage(axes: Axes, evaluation: Evaluation) -> None:
    points = evaluation.coverage
    sure = [point.confidence for point in points]
    right = [point.accuracy for point in points]
    answered = [point.answered_share for point in points]
    axes.plot(sure, right, color=_MODEL, label="right, of those answered")
    axes.plot(sure, answered, color=_WRONG, linestyle="--", label="answered")
    axes.set(xlabel="least confidence", ylabel="share", xlim=(0, 1), ylim=(0, 1.05))
    axes.legend(loc="lower left")


_CHARTS = {
    "Accuracy, and what else would do": _draw_baselines,
    "Accuracy by kind of text": _draw_slices,
    "F1 of each category, best first (lines: 95 % interval)": _draw_categories,
    "What is taken for what (texts)": _draw_confusion,
    "Is it as often right as it is sure?": _draw_calibration,
    "If only sure answers were given": _draw_coverage,
}
