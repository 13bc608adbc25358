"""A report as one picture: how good a model is, and where it is weak, at a glance."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.evaluation import Evaluation
from training.scores import Score

_MODEL = "#2f5fa8"
_QUIET = "#9aa5b4"
_WRONG = "#c2452d"
_TEXT = "#1c2430"

_STYLE: dict[Any, Any] = {
    # A name may hold a dollar sign, which is no formula.
    "text.parse_math": False,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _QUIET,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "font.size": 9,
}


def draw_report(path: Path, title: str, texts: str, evaluation: Evaluation) -> None:
    """Draw how good a model is as a PNG of one page; `texts` says on which texts."""
    category_count = len(evaluation.categories)
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # The font that comes with matplotlib does not have every script; the page shows the names.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure = Figure(figsize=(12, 10 + 0.35 * category_count), layout="constrained")
        accuracy = evaluation.accuracy
        figure.suptitle(
            f"{title}\nright on {accuracy.value:.0%} ({accuracy.low:.0%} to {accuracy.high:.0%}) "
            f"of {texts}",
            fontsize=14,
            fontweight="bold",
        )
        height = 0.35 * category_count
        rows = figure.subplots(3, 2, height_ratios=[2.2, max(height, 3.0), 3.2])
        _draw_baselines(rows[0, 0], evaluation)
        _draw_slices(rows[0, 1], evaluation)
        _draw_categories(rows[1, 0], evaluation)
        _draw_confusion(rows[1, 1], evaluation)
        _draw_calibration(rows[2, 0], evaluation)
        _draw_coverage(rows[2, 1], evaluation)
        # The version of matplotlib, which it would add, says nothing about the model.
        figure.savefig(path, format="png", dpi=110, metadata={"Software": None})


def _draw_baselines(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("Accuracy, and what else would do")
    names = ["this model", "keyword rule", f"always “{evaluation.majority}”"]
    scores = [
        evaluation.accuracy,
        evaluation.keyword_baseline.accuracy,
        evaluation.majority_baseline.accuracy,
    ]
    _draw_scores(axes, names, scores, [_MODEL, _QUIET, _QUIET])


def _draw_slices(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("Accuracy by kind of text")
    rows = {
        f"{name} ({row.text_count:,})": row.accuracy
        for name, row in evaluation.slices.items()
        if row.accuracy is not None
    }
    bars = axes.barh(
        list(rows), [value or 0.0 for value in rows.values()], color=_MODEL, height=0.6
    )
    axes.bar_label(bars, fmt="{:.2f}", padding=4)
    axes.axvline(evaluation.accuracy.value, color=_TEXT, linewidth=0.8, linestyle=":")
    _use_shares(axes)


def _draw_categories(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("F1 of each category, best first (lines: 95 % interval)")
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
    axes.barh(
        places,
        values,
        height=0.6,
        color=colors,
        xerr=errors,
        error_kw={"ecolor": _TEXT, "capsize": 2.5},
    )
    axes.set_yticks(places, names)
    for place, score in enumerate(scores):
        axes.text(max(score.high, score.value) + 0.015, place, f"{score.value:.2f}", va="center")
    _use_shares(axes)


def _use_shares(axes: Axes) -> None:
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    axes.set_xticks(np.linspace(0, 1, 6))


def _draw_confusion(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("What is taken for what (texts)")
    counts = np.array(evaluation.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = list(evaluation.categories)
    right = np.eye(len(names), dtype=bool)
    for mask, colors in ((~right, "Reds"), (right, "Blues")):
        axes.imshow(np.ma.array(shares, mask=~mask), cmap=colors, vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(
            column,
            row,
            f"{counts[row, column]:,}",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shares[row, column] > 0.55 else _TEXT,
        )
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="the model's answer", ylabel="what the text is about")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _draw_calibration(axes: Axes, evaluation: Evaluation) -> None:
    error = evaluation.calibration.expected_error
    axes.set_title(f"Is it as often right as it is sure? (error {error:.3f})")
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
    axes.legend(loc="lower right", frameon=False)


def _draw_coverage(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("If only sure answers were given")
    sure = [point.confidence for point in evaluation.coverage]
    axes.plot(sure, [p.accuracy for p in evaluation.coverage], color=_MODEL, label="right")
    axes.plot(
        sure,
        [p.answered_share for p in evaluation.coverage],
        color=_WRONG,
        linestyle="--",
        label="answered",
    )
    axes.set(xlabel="least confidence", ylabel="share", xlim=(0, 1), ylim=(0, 1.05))
    axes.legend(loc="lower left", frameon=False)
