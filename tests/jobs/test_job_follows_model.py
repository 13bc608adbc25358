import pytest

from jobs.live_model import LiveModel, LoadedModel, NoModel
from models.registry import RegistryError


class StubbedModel(LiveModel):
    """Loads any version but those that are named broken, without Spark."""

    broken: tuple[str, ...] = ()

    def _load(self, version):
        if version in self.broken:
            raise RegistryError(f"Version {version} was changed after it was saved.")
        return LoadedModel(version, ("food", "other"), 0.2, None)


@pytest.fixture
def promote(tmp_path):
    return lambda version: (tmp_path / "current").write_text(f"{version}\n")


def test_a_promotion_is_taken_over_at_the_next_load(tmp_path, promote):
    model = StubbedModel(tmp_path)
    promote("v1")
    assert model.load().version == "v1"
    promote("v2")
    assert model.load().version == "v2"


def test_a_version_is_loaded_once(tmp_path, promote):
    model = StubbedModel(tmp_path)
    promote("v1")
    assert model.load() is model.load()


def test_a_version_that_cannot_be_loaded_leaves_the_one_before_at_work(tmp_path, promote, caplog):
    model = StubbedModel(tmp_path)
    promote("v1")
    model.load()
    model.broken = ("v2",)
    promote("v2")
    assert model.load().version == "v1"
    assert "Version v2 was changed after it was saved. Model v1 stays at work." in caplog.text


def test_without_a_live_version_there_is_a_sentence(tmp_path, promote):
    model = StubbedModel(tmp_path)
    with pytest.raises(NoModel, match=r"No model is live in .*: make one with `python -m training"):
        model.require()
    model.broken = ("v1",)
    promote("v1")
    with pytest.raises(NoModel, match="changed after it was saved"):
        model.load()
