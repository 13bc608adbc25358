"""Versions are saved whole or not at all, checked when loaded, promoted and rolled back."""

import json
from pathlib import Path

import pytest

from models.registry import (
    RegistryError,
    list_versions,
    load_version,
    promote,
    read_current,
    rollback,
    save_version,
)
from models.words import WORDS_STATEMENT

CARD = {"categories": ["food", "other"], "seed": 1}
SPARK_ML = "org.apache.spark.ml"


class Killed(BaseException):
    """Stands for the death of the process: nothing of ours catches it."""


def write_stage(
    folder: Path, stage_class: str, file: str = "part-00000", **parameters: object
) -> None:
    metadata = folder / "metadata"
    metadata.mkdir(parents=True)
    (metadata / file).write_text(json.dumps({"class": stage_class, "paramMap": parameters}))
    (metadata / "_SUCCESS").touch()


def write_files(folder: Path) -> None:
    write_stage(folder / "pipeline", f"{SPARK_ML}.PipelineModel")
    stages = folder / "pipeline/stages"
    write_stage(stages / "0_a", f"{SPARK_ML}.feature.SQLTransformer", statement=WORDS_STATEMENT)
    write_stage(stages / "1_b", f"{SPARK_ML}.feature.IDFModel")
    (folder / "portable").mkdir()
    (folder / "portable/weights.npz").write_bytes(b"numbers")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A model root that holds the versions v1 to v3, none of them live."""
    for version in ("v1", "v2", "v3"):
        save_version(tmp_path / "models", version, write_files, CARD)
    return tmp_path / "models"


def test_a_saved_version_is_loaded_with_its_card(root: Path) -> None:
    loaded = load_version(root, "v1")
    assert loaded.categories == ("food", "other")
    assert loaded.card["seed"] == 1
    assert (loaded.folder / "portable/weights.npz").read_bytes() == b"numbers"
    assert list_versions(root) == ["v1", "v2", "v3"]
    assert read_current(root) is None


def test_saving_returns_what_loading_does(tmp_path: Path) -> None:
    assert save_version(tmp_path, "v1", write_files, CARD) == load_version(tmp_path, "v1")


def test_an_empty_root_has_no_versions(tmp_path: Path) -> None:
    assert list_versions(tmp_path / "none") == []
    assert read_current(tmp_path / "none") is None


def test_a_version_is_never_overwritten(root: Path) -> None:
    with pytest.raises(RegistryError, match="v1 exists already"):
        save_version(root, "v1", write_files, CARD)


@pytest.mark.parametrize("version", ["", "..", "a/b", ".hidden", "v 1", "current"])
def test_a_name_that_cannot_be_a_folder_of_ours_is_refused(root: Path, version: str) -> None:
    with pytest.raises(RegistryError):
        save_version(root, version, write_files, CARD)


def test_a_killed_save_leaves_no_version_and_the_next_save_cleans_up(root: Path) -> None:
    def die_half_way(folder: Path) -> None:
        write_files(folder)
        raise Killed

    with pytest.raises(Killed):
        save_version(root, "v4", die_half_way, CARD)
    assert list_versions(root) == ["v1", "v2", "v3"]
    with pytest.raises(RegistryError, match="no model version v4"):
        load_version(root, "v4")

    save_version(root, "v5", write_files, CARD)
    assert sorted(path.name for path in root.iterdir()) == [".lock", "v1", "v2", "v3", "v5"]


def test_a_save_killed_before_its_last_step_leaves_no_version(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(self: Path, target: Path) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", die)
        with pytest.raises(Killed):
            save_version(root, "v4", write_files, CARD)
    assert list_versions(root) == ["v1", "v2", "v3"]
    save_version(root, "v4", write_files, CARD)
    assert load_version(root, "v4").version == "v4"


def test_promote_and_rollback_walk_through_the_live_versions(root: Path) -> None:
    for version in ("v1", "v3", "v2"):
        promote(root, version)
        assert read_current(root) == version
    assert (root / "current").read_text() == "v2\nv3\nv1\n"
    assert [rollback(root), rollback(root)] == ["v3", "v1"]
    assert read_current(root) == "v1"
    with pytest.raises(RegistryError, match=r"nothing to roll back to.*only v1 has been live"):
        rollback(root)


def test_rollback_without_a_live_version_says_so(root: Path) -> None:
    with pytest.raises(RegistryError, match="no version is live"):
        rollback(root)


def test_promoting_the_live_version_again_does_not_spoil_the_rollback(root: Path) -> None:
    promote(root, "v1")
    promote(root, "v2")
    promote(root, "v2")
    assert rollback(root) == "v1"


def test_a_promotion_killed_before_its_last_step_changes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(root, "v1")

    def die(self: Path, target: Path) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", die)
        with pytest.raises(Killed):
            promote(root, "v2")
    assert read_current(root) == "v1"
    promote(root, "v2")
    assert read_current(root) == "v2"


def test_a_version_that_is_not_there_is_named_with_those_that_are(root: Path) -> None:
    with pytest.raises(RegistryError, match=r"no model version v9 in .* \(there is v1, v2, v3\)"):
        promote(root, "v9")
    assert read_current(root) is None


def test_a_missing_version_in_an_empty_root_says_how_to_train(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="python -m training train"):
        load_version(tmp_path, "v1")


def test_a_changed_file_is_found(root: Path) -> None:
    (root / "v1/portable/weights.npz").write_bytes(b"other numbers")
    with pytest.raises(RegistryError, match=r"weights\.npz was changed"):
        load_version(root, "v1")


def test_a_missing_file_is_found(root: Path) -> None:
    (root / "v1/portable/weights.npz").unlink()
    with pytest.raises(RegistryError, match=r"weights\.npz is missing"):
        load_version(root, "v1")


def test_an_added_file_is_found(root: Path) -> None:
    (root / "v1/pipeline/stages/.more").touch()
    with pytest.raises(RegistryError, match=r"pipeline/stages/\.more was added"):
        load_version(root, "v1")


def test_an_added_link_to_a_folder_is_found(root: Path, tmp_path: Path) -> None:
    (root / "v1/pipeline/stages/2_c").symlink_to(tmp_path)
    with pytest.raises(RegistryError, match="pipeline/stages/2_c was added"):
        load_version(root, "v1")


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"files": {}, "categories": 3}', '{"files": []'])
def test_a_card_that_cannot_be_read_is_a_sentence(root: Path, card: str) -> None:
    (root / "v1/card.json").write_text(card)
    with pytest.raises(RegistryError, match=r"v1 in .* cannot be used: its card\.json"):
        load_version(root, "v1")


def test_a_damaged_version_cannot_become_live(root: Path) -> None:
    promote(root, "v1")
    promote(root, "v2")
    (root / "v1/portable/weights.npz").unlink()
    (root / "v3/portable/weights.npz").unlink()
    with pytest.raises(RegistryError, match="missing"):
        promote(root, "v3")
    with pytest.raises(RegistryError, match="missing"):
        rollback(root)
    assert read_current(root) == "v2"


@pytest.mark.parametrize(
    ("stage_class", "parameters"),
    [
        ("evil.Code", {}),
        ("os.system", {"language": "Python"}),
        (f"{SPARK_ML}.feature.SQLTransformer", {"statement": "SELECT java_method('a', 'b')"}),
        (f"{SPARK_ML}.feature.SQLTransformer", {}),
    ],
)
@pytest.mark.parametrize("stage", ["stages/2_c", "stages/2_c/stages/0_d", "stages/2_c/model"])
def test_a_pipeline_that_would_run_foreign_code_is_refused(
    tmp_path: Path, stage_class: str, parameters: dict[str, str], stage: str
) -> None:
    def write_evil_files(folder: Path) -> None:
        write_files(folder)
        write_stage(folder / "pipeline" / stage, stage_class, **parameters)

    save_version(tmp_path, "v1", write_evil_files, CARD)
    with pytest.raises(RegistryError, match=r"would run 'evil|would run 'os|splits texts"):
        load_version(tmp_path, "v1")


@pytest.mark.parametrize("file", ["part-00000.gz", "x=1/part-00000"])
def test_metadata_that_only_spark_would_read_is_refused(tmp_path: Path, file: str) -> None:
    def write_evil_files(folder: Path) -> None:
        write_files(folder)
        hidden = folder / "pipeline/stages/0_a/metadata" / file
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_bytes(b"\x1f\x8b\x08\x00")

    save_version(tmp_path, "v1", write_evil_files, CARD)
    with pytest.raises(RegistryError, match="is not readable"):
        load_version(tmp_path, "v1")


def test_a_version_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    save_version(tmp_path, "v1", lambda folder: (folder / "file").touch(), CARD)
    with pytest.raises(RegistryError, match="holds no pipeline"):
        load_version(tmp_path, "v1")
