"""A file names the categories; a bad one is one sentence."""

from pathlib import Path

import pytest

from models.categories import ENGLISH, OTHER, CategoriesError, load_categories

ORIGINAL = {
    "religion": ("god", "church", "faith", "bible", "pray"),
    "technology": ("computer", "software", "hardware", "internet", "tech"),
    "food": ("pizza", "burger", "sushi", "coffee", "restaurant"),
    "movies": ("film", "cinema", "actor", "director", "trailer"),
    "drinks": ("beer", "wine", "cocktail", "juice", "water"),
    "music": ("song", "album", "concert", "band", "artist"),
    "travel": ("vacation", "trip", "flight", "hotel", "destination"),
    "fashion": ("clothing", "shoes", "accessories", "style", "design"),
    "sports": ("football", "basketball", "soccer", "tennis", "exercise"),
    "health": ("medicine", "doctor", "fitness", "diet", "wellness"),
}
GARDENING = '[keywords]\nplants = ["rose", "fern"]\ntools = ["spade"]\n'


def write_file(folder: Path, content: str) -> Path:
    path = folder / "my.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_shipped_categories_are_the_ten_with_their_keywords() -> None:
    categories = load_categories()
    assert categories.keywords == ORIGINAL
    assert categories.names == (*ORIGINAL, OTHER)
    assert categories.lang == "en"


def test_the_spanish_ones_are_the_same_ten() -> None:
    spanish = load_categories(ENGLISH.with_name("es.toml"))
    assert spanish.names == load_categories().names
    assert spanish.lang == "es"
    assert all(len(words) == 5 for words in spanish.keywords.values())


def test_a_file_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    categories = load_categories(write_file(tmp_path, f'lang = "fr"\n{GARDENING}'))
    assert categories.names == ("plants", "tools", OTHER)
    assert categories.lang == "fr"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("A SPADE!", "tools"),
        ("#SpadeDay", "tools"),
        ("rose and spade", "plants"),
        ("rose, spade, spade", "tools"),
        ("roses", OTHER),
        ("@rose hi", OTHER),
        ("", OTHER),
    ],
)
def test_most_keywords_label_a_text_and_the_first_on_a_tie(
    tmp_path: Path, text: str, category: str
) -> None:
    assert load_categories(write_file(tmp_path, GARDENING)).label_text(text) == category


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "names fewer than two categories"),
        ('[keywords]\nplants = ["rose"]\n', "names fewer than two categories"),
        ("plants: rose", "is not TOML"),
        ('plants = ["rose"]\n' + GARDENING, "holds 'plants', which is neither lang nor keywords"),
        ('lang = "english"\n' + GARDENING, "has 'english' as its lang"),
        (GARDENING + 'more = ["fern"]', "gives the keyword fern to both plants and more"),
        (GARDENING + 'more = ["ivy", "ivy"]', "gives more the keyword ivy twice"),
        (GARDENING + "more = []", "gives more no list of keywords"),
        (GARDENING + 'more = "ivy"', "gives more no list of keywords"),
        (GARDENING + "more = [1]", "gives more the keyword 1"),
        (
            GARDENING + 'more = ["Ivy"]',
            "gives more the keyword 'Ivy', which is not one word in lower case",
        ),
        (
            GARDENING + 'more = ["two words"]',
            "gives more the keyword 'two words', which is not one word",
        ),
        (GARDENING + 'other = ["ivy"]', "has a category 'other'"),
        (GARDENING + '" " = ["ivy"]', "has a category ' '"),
        (GARDENING + '"Other" = ["ivy"]', "has a category 'Other'"),
        (GARDENING + '"a\\nb" = ["ivy"]', "has a category 'a\\nb'"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, content: str, reason: str) -> None:
    path = write_file(tmp_path, content)
    with pytest.raises(CategoriesError) as refusal:
        load_categories(path)
    sentence = str(refusal.value)
    assert sentence.startswith(f"The categories file {path} {reason}")
    assert sentence.endswith("write it like models/categories/en.toml.")
    assert "\n" not in sentence


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CategoriesError, match=r"none\.toml cannot be read \(No such file"):
        load_categories(tmp_path / "none.toml")
