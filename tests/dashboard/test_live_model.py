from pathlib import Path

import pytest
from live_models import promote_model

from dashboard.live_model import LiveModel
from models.registry import RegistryError


def test_it_follows_a_promotion(model_root: Path) -> None:
    model = LiveModel(model_root)
    promote_model(model_root, "v1", weight=2)
    first = model.explain("more pizza")
    promote_model(model_root, "v2", weight=4)
    second = model.explain("more pizza")
    assert (first.category, first.model_version) == ("food", "v1")
    assert (second.category, second.model_version) == ("food", "v2")
    assert second.confidence > first.confidence


def test_without_a_live_version_it_says_what_to_do(model_root: Path) -> None:
    model = LiveModel(model_root)
    with pytest.raises(RegistryError, match="python -m training train --promote"):
        model.explain("more pizza")
    assert model.judge().status == "down"
    assert model.list_categories() == ()
    promote_model(model_root, "v1", weight=2)
    assert model.judge().status == "ok"
