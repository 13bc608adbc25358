import pytest

from jobs.hadoop_files import HadoopFiles
from jobs.lease import LeaseLost
from jobs.live_model import LiveModel, LoadedModel, NoModel, require_model
from models.classifier import load_model
from models.registry import RegistryError


class StubbedModel(LiveModel):
    """Loads any version but those that are named broken, without Spark."""

    broken: tuple[str, ...] = ()

    def __init__(self, model_root):
        super().__init__(model_root, files=None, check_lease=lambda: None)

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


def test_who_lost_the_lease_leaves_alone_the_copy_that_another_may_be_reading(tmp_path, promote):
    def lose() -> None:
        raise LeaseLost("taken over by another job")

    model = LiveModel(tmp_path, files=None, check_lease=lose)
    promote("v1")
    with pytest.raises(LeaseLost):
        model.load()


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
        require_model(tmp_path)
    model.broken = ("v1",)
    promote("v1")
    with pytest.raises(NoModel, match="changed after it was saved"):
        model.load()


def test_executors_read_a_copy_below_the_data_root_that_does_not_stay(
    model_root, spark, tmp_path, monkeypatch
):
    files = HadoopFiles(spark, f"file:{tmp_path}/data")
    files.write("_model/left_by_a_killed_job", b"")
    read = []

    def load_pipeline(place):
        read.append(place)
        return load_model(place)

    monkeypatch.setattr("jobs.live_model.load_model", load_pipeline)
    model = LiveModel(model_root, files, lambda: None).load()
    assert read == [f"file:{tmp_path}/data/_model"]
    assert files.list_folder("") == []
    tweets = spark.createDataFrame([("two pizzas, please",)], "text STRING")
    assert model.pipeline.transform(tweets).count() == 1
