"""What was measured about scaling, as one picture."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.measured import Results
from bench.scaling_tables import (
    PARTS,
    list_kinds,
    select_drains,
    take_median,
    take_steady_cost,
)

_COLORS = {1: "#9aa5b4", 2: "#2f5fa8"}
_STYLE: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "font.size": 9,
    "svg.fonttype": "none",
    # The same results make the same file.
    "svg.hashsalt": "scaling",
}


def draw_picture(path: Path, results: Results) -> None:
    """Draw throughput, and what each part costs, as an SVG."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        throughput, costs = figure.subplots(1, 2, width_ratios=[1, 1.2])
        _draw_throughput(throughput, results)
        _draw_costs(costs, results)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _draw_throughput(axes: Axes, results: Results) -> None:
    kinds = list_kinds(results)
    partitions = sorted({partitions for partitions, _ in kinds})
    for workers in sorted({workers for _, workers in kinds}):
        color = _COLORS.get(workers, "black")
        for name, style, what in (("steady", "o-", "steady"), ("whole", "o:", "in all")):
            rates = [
                take_median(select_drains(results, workers, count), f"{name}_tweets_per_second")
                for count in partitions
            ]
            label = f"{workers} worker{'s' if workers > 1 else ''}, {what}"
            axes.plot([str(count) for count in partitions], rates, style, color=color, label=label)
    axes.set_title("Tweets stored per second")
    axes.set_xlabel("partitions")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
    axes.legend(frameon=False, loc="lower left", ncols=2)


def _draw_costs(axes: Axes, results: Results) -> None:
    workers = max(drain["workers"] for drain in results["drains"])
    drains = select_drains(results, workers)
    seconds = [take_steady_cost(drains, part) * 1e6 for part in PARTS]
    bars = axes.barh(PARTS, seconds, color=_COLORS[2])
    axes.bar_label(bars, fmt="{:,.1f}", padding=3)
    axes.invert_yaxis()
    axes.set_title(f"Seconds of CPU for a million tweets, {workers} workers")
