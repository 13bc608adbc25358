"""`/api/classify` says what the live model makes of a text."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from live_models import ENGLISH_CATEGORIES, promote_model


def classify(client: FlaskClient, text: str) -> Any:
    answer = client.get("/api/classify", query_string={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_text_is_classified_with_the_words_that_decided(
    client: FlaskClient, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=6)
    answer = classify(client, "Pizza and wine, pizza!")
    assert (answer["category"], answer["model_version"]) == ("food", "v1")
    assert list(answer["probabilities"]) == list(ENGLISH_CATEGORIES.names)
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert answer["confidence"] == max(answer["probabilities"].values())
    assert [word["word"] for word in answer["words"]] == ["pizza", "wine"]
    assert answer["words"][0]["weight"] > 0 > answer["words"][1]["weight"]


def test_a_text_about_two_categories_names_the_second(
    client: FlaskClient, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=6)
    two = classify(client, "pizza at a concert")
    one = classify(client, "pizza, pizza, pizza")
    assert (two["category"], two["runner_up"]) == ("food", "music")
    assert (one["category"], one["runner_up"]) == ("food", None)


def test_an_answer_below_the_threshold_is_other_and_keeps_its_confidence(
    client: FlaskClient, model_root: Path
) -> None:
    promote_model(model_root, "v1", weight=2, threshold=0.9)
    answer = classify(client, "pizza")
    assert (answer["category"], answer["runner_up"]) == ("other", None)
    assert answer["confidence"] == answer["probabilities"]["food"] < 0.9


def test_without_a_model_classifying_is_unavailable(client: FlaskClient) -> None:
    answer = client.get("/api/classify?text=pizza")
    assert answer.status_code == 503
    assert answer.json
    assert "training" in answer.json["error"]
