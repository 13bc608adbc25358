from bench.assumptions import read_results
from bench.scaling_document import DOCUMENT, PICTURE, SECTIONS, fill_sections
from bench.scaling_picture import draw_picture
from bench.scaling_tables import tabulate_throughput, tabulate_triggers


def test_the_document_says_what_was_measured():
    text = DOCUMENT.read_text()
    assert fill_sections(text, read_results()) == text
    for name in SECTIONS:
        assert f"<!-- measured: {name} -->" in text


def test_only_what_stands_between_the_marks_is_written(results):
    text = "Before.\n<!-- measured: run -->\n\nold\n\n<!-- end -->\nAfter.\n"
    filled = fill_sections(text, results)
    assert filled.startswith("Before.\n<!-- measured: run -->\n\nMeasured on 2026-11-27 on 2 cores")
    assert filled.endswith("\n\n<!-- end -->\nAfter.\n")
    assert fill_sections(filled, results) == filled


def test_the_runs_of_a_kind_are_told_by_their_median(results, known):
    results["drains"] += [
        {**results["drains"][0], "steady_tweets_per_second": rate} for rate in (1.0, 14_000.0)
    ]
    rows = tabulate_throughput(results, known).splitlines()
    assert rows[2].startswith("| 1 | 1 | 14,000 | 8,000 |")
    assert len(rows) == 2 + 4


def test_a_day_is_told_from_some_batches(results, known):
    rows = tabulate_triggers(results, known).splitlines()
    assert rows[2] == "| 2 s | 10 | 200 | 620 ms | 105 B | 86,424 | 172,898 |"


def test_the_picture_shows_what_was_measured(tmp_path):
    draw_picture(tmp_path / "scaling.svg", read_results())
    assert (tmp_path / "scaling.svg").read_bytes() == PICTURE.read_bytes()
