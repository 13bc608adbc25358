"""The categories of the API are those of the live model, whatever they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from live_models import promote_model
from stored_data import NOW, DataRoot, build_row

from dashboard.reader import SnapshotReader
from models.categories import Categories

GARDEN = Categories("de", {"gemüse": ("tomate", "möhre"), "blumen": ("rose", "tulpe")})
ROOMS = Categories("en", {"kitchen": ("oven",), "garage": ("car",), "attic": ("dust",)})


def list_categories(client: FlaskClient) -> list[str]:
    counts: Any = client.get("/api/counts").json
    assert list(counts["totals"]) == counts["categories"]
    assert all(list(window["counts"]) == counts["categories"] for window in counts["windows"])
    return list(counts["categories"])


def list_choices(client: FlaskClient) -> list[str]:
    answer = client.get("/api/tweets?category=nothing+like+that")
    assert answer.status_code == 400
    assert answer.json
    return str(answer.json["error"]).partition("one of ")[2].removesuffix(".").split(", ")


def test_the_categories_of_any_model_are_shown_everywhere(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=4, categories=GARDEN)
    data_root.store_both(build_row("a", category="blumen"))
    reader.poll()
    assert list_categories(client) == ["gemüse", "blumen", "other"]
    assert list_choices(client) == ["gemüse", "blumen", "other"]
    tweets: Any = client.get("/api/tweets?category=blumen").json
    assert [tweet["id"] for tweet in tweets["tweets"]] == ["a"]
    assert client.get("/api/tweets?category=gemüse").json == {"tweets": [], "next": None}
    answer: Any = client.get("/api/classify?text=Eine+Möhre").json
    assert answer["category"] == "gemüse"
    assert list(answer["probabilities"]) == ["gemüse", "blumen", "other"]


def test_what_was_stored_by_another_model_comes_last_by_name(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=4, categories=GARDEN)
    data_root.store_both(build_row("a", category="pots"), build_row("b", category="blumen"))
    # Tweets outlive the counts that are kept.
    data_root.store_tweets(build_row("c", NOW - timedelta(days=30), category="bees"))
    reader.poll()
    assert list_categories(client) == ["gemüse", "blumen", "other", "bees", "pots"]
    assert list_choices(client) == ["gemüse", "blumen", "other", "bees", "pots"]
    tweets: Any = client.get("/api/tweets?category=bees").json
    assert [tweet["id"] for tweet in tweets["tweets"]] == ["c"]


def test_a_promotion_is_followed(client: FlaskClient, model_root: Path) -> None:
    promote_model(model_root, "v1", weight=4, categories=GARDEN)
    before = client.get("/api/counts").headers["ETag"]
    assert list_categories(client) == ["gemüse", "blumen", "other"]
    promote_model(model_root, "v2", weight=4, categories=ROOMS)
    assert list_categories(client) == ["kitchen", "garage", "attic", "other"]
    assert list_choices(client) == ["kitchen", "garage", "attic", "other"]
    assert client.get("/api/counts").headers["ETag"] != before


@pytest.mark.parametrize("is_damaged", [False, True])
def test_without_a_usable_model_the_categories_are_those_stored(
    client: FlaskClient,
    data_root: DataRoot,
    reader: SnapshotReader,
    model_root: Path,
    is_damaged: bool,
) -> None:
    if is_damaged:
        promote_model(model_root, "v1", weight=4)
        (model_root / "v1" / "card.json").unlink()
    data_root.store_both(build_row("a", category="music"), build_row("b", category="food"))
    reader.poll()
    assert list_categories(client) == ["food", "music"]
    assert list_choices(client) == ["food", "music"]


def test_before_there_is_any_category_one_cannot_be_chosen(client: FlaskClient) -> None:
    assert list_categories(client) == []
    answer = client.get("/api/tweets?category=food")
    assert answer.status_code == 400
    assert answer.json == {"error": "category is 'food': it must be left out: there is none yet."}


def test_a_model_may_have_any_number_of_categories(
    client: FlaskClient, data_root: DataRoot, reader: SnapshotReader, model_root: Path
) -> None:
    names = [f"topic {n}" for n in range(30)]
    many = Categories("en", {name: (f"word{n}",) for n, name in enumerate(names)})
    promote_model(model_root, "v1", weight=9, categories=many)
    data_root.store_both(*(build_row(name, category=name) for name in names))
    reader.poll()
    assert list_categories(client) == [*names, "other"]
    totals: Any = client.get("/api/counts").json
    assert totals["totals"] == dict.fromkeys(names, 1) | {"other": 0}
    answer: Any = client.get("/api/classify?text=word29").json
    assert answer["category"] == "topic 29"
