"""Put what was measured into docs/scaling.md, and draw its picture.

    .venv/bin/python -m bench.scaling_document

Only what stands between the marks `<!-- measured: … -->` and `<!-- end -->` is written.
"""

import re
from pathlib import Path

from bench.assumptions import load_assumptions, read_results
from bench.measured import Results
from bench.scaling_picture import draw_picture
from bench.scaling_tables import (
    describe_run,
    tabulate_assumptions,
    tabulate_costs,
    tabulate_limits,
    tabulate_plans,
    tabulate_throughput,
    tabulate_triggers,
)

DOCS = Path(__file__).parent.parent / "docs"
DOCUMENT = DOCS / "scaling.md"
PICTURE = DOCS / "images" / "scaling.svg"
SECTIONS = {
    "run": describe_run,
    "throughput": tabulate_throughput,
    "costs": tabulate_costs,
    "triggers": tabulate_triggers,
    "plans": tabulate_plans,
    "limits": tabulate_limits,
    "assumptions": tabulate_assumptions,
}
_SECTION = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def write_document(results: Results) -> None:
    """Write the sections anew, and the picture."""
    text = fill_sections(DOCUMENT.read_text(encoding="utf-8"), results)
    DOCUMENT.write_text(text, encoding="utf-8")
    draw_picture(PICTURE, results)


def fill_sections(text: str, results: Results) -> str:
    """Fill each section of a document with what its name stands for."""
    known = load_assumptions(results)

    def fill(section: re.Match[str]) -> str:
        return f"{section[1]}\n{SECTIONS[section[2]](results, known)}\n\n{section[3]}"

    return _SECTION.sub(fill, text)


if __name__ == "__main__":
    write_document(read_results())
