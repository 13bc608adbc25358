"""Texts come from a file of JSON Lines, or are those written by hand for our categories."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from models.categories import OTHER, load_categories
from training.slices import SLICES, WRONG_KEYWORD, find_slices
from training.texts import LabelledText, TextsError, read_texts, read_written_texts

NAMES = ("food", "music", OTHER)


def write_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "some.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_texts_are_read_in_their_order(tmp_path: Path) -> None:
    path = write_file(
        tmp_path,
        '\ufeff{"text": "pizza \\ud83c\\udf55", "category": "food", "source": "menu", "id": 7}\n'
        "\n"
        '{"category": "other", "text": "a line\u2028and a half", "source": null}',
    )
    assert read_texts(path, NAMES) == [
        LabelledText("pizza 🍕", "food", "menu"),
        LabelledText("a line\u2028and a half", OTHER),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("pizza", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('["pizza", "food"]', "is no JSON object"),
        ('{"category": "food"}', "has no text"),
        ('{"text": " ", "category": "food"}', "has no text"),
        ('{"text": "\\ud800", "category": "food"}', "has no text"),
        ('{"text": "pizza"}', "has no category"),
        ('{"text": "pizza", "category": 2}', "has no category"),
        ('{"text": "pizza", "category": "drinks"}', "is about 'drinks'.*food, music, other"),
    ],
)
def test_a_bad_line_is_named_with_what_to_do(tmp_path: Path, line: str, reason: str) -> None:
    path = write_file(tmp_path, '{"text": "pizza", "category": "food"}\n' + line + "\n")
    with pytest.raises(TextsError, match=rf"^Line 2 of \S+/some.jsonl {reason}.*\.$"):
        read_texts(path, NAMES)


@pytest.mark.parametrize(
    ("content", "reason"), [("\n \n", "are empty; write"), (b"\xff\xfe", "are not UTF-8.*; save")]
)
def test_an_unusable_file_is_named_with_what_to_do(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(TextsError, match=rf"^The texts \S+/some.jsonl {reason}.*\.$"):
        read_texts(write_file(tmp_path, content), NAMES)


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match=r"/none.jsonl cannot be read \(No such file.*; name a"):
        read_texts(tmp_path / "none.jsonl", NAMES)


def test_our_categories_have_written_texts_half_of_them_without_a_keyword() -> None:
    categories = load_categories()
    texts = read_written_texts(categories)
    assert texts is not None
    counts = Counter(text.category for text in texts)
    assert tuple(counts) == categories.names
    assert min(counts.values()) >= 25
    assert len({text.text for text in texts}) == len(texts)
    without_keyword = [text for text in texts if not categories.find_keywords(text.text)]
    assert 0.4 < len(without_keyword) / len(texts) < 0.6
    kinds = Counter(
        kind
        for text in texts
        for kind in find_slices(text, categories.find_keywords(text.text))
        if text.category != OTHER
    )
    assert kinds[WRONG_KEYWORD] == 10
    assert min(kinds[kind] for kind in SLICES) >= 10


def test_other_categories_have_no_written_texts() -> None:
    categories = load_categories()
    keywords = {**categories.keywords, "food": ("pizza",)}
    assert read_written_texts(replace(categories, keywords=keywords)) is None
    assert read_written_texts(replace(categories, lang="es")) is None
