"""What `SOURCE=` names becomes options of the producer."""

import pytest

from stack.errors import StackError
from stack.source import choose_source


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("synthetic", ["--source", "synthetic", "--rate", "20"]),
        ("x", ["--source", "x", "--max-cost-per-day", "1"]),
        ("jetstream", ["--source", "jetstream"]),
        ("hdfs://host/tweets", ["--source", "replay", "hdfs://host/tweets", "--now"]),
        ("file:/data/tweets", ["--source", "replay", "file:/data/tweets", "--now"]),
        (__file__, ["--source", "replay", __file__, "--now"]),
    ],
)
def test_a_source_or_a_file_becomes_options_of_the_producer(source: str, options: list[str]):
    assert choose_source(source) == options


@pytest.mark.parametrize("source", ["", "fax", "missing.jsonl"])
def test_what_is_neither_is_a_sentence(source: str):
    with pytest.raises(StackError, match=f"^The source '{source}' is no file: name one, or "):
        choose_source(source)
