"""docs/model.md says of the default model what is true of the one that a fresh clone trains."""

import os
import re
from pathlib import Path

import pytest
from commands import ROOT, run_module

NUMBER = re.compile(r"\d+\.\d+|\d+%")


def test_the_page_shows_what_evaluating_the_default_model_prints(model_root: Path) -> None:
    page = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("\n```")[0]
    env = {**os.environ, "TWEETS_MODEL_ROOT": str(model_root)}
    printed = run_module("training", "evaluate", env=env).rstrip()
    assert NUMBER.sub("N", printed) == NUMBER.sub("N", shown)
    # Another processor rounds in another way, which may turn a text or two.
    assert read_numbers(printed) == pytest.approx(read_numbers(shown), abs=0.06)


def read_numbers(text: str) -> list[float]:
    return [
        float(number.rstrip("%")) / (100 if "%" in number else 1) for number in NUMBER.findall(text)
    ]
