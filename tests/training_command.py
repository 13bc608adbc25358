"""Running `python -m training` as a user does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from commands import ROOT
from shared_model import TRAINING

from models.registry import load_version, read_current, save_version


def run_training(model_root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=ROOT,
        env={**os.environ, **TRAINING, "TWEETS_MODEL_ROOT": str(model_root), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def run_successfully(model_root: Path, *arguments: str, **env: str) -> str:
    result = run_training(model_root, *arguments, **env)
    assert result.returncode == 0, result.stderr
    return result.stdout


def add_version(root: Path, version: str) -> str:
    """Save the live version once more; with a name that ends in `bad`, it knows no words."""
    live = load_version(root, str(read_current(root)))

    def write_files(folder: Path) -> None:
        shutil.copytree(live.folder / "pipeline", folder / "pipeline")
        shutil.copytree(live.folder / "portable", folder / "portable")
        if version.endswith("bad"):
            vocabulary = json.loads((folder / "portable/vocabulary.json").read_text())
            nonsense = [f"{word}-" for word in vocabulary]
            (folder / "portable/vocabulary.json").write_text(json.dumps(nonsense))

    card = {key: value for key, value in live.card.items() if key not in ("version", "files")}
    return save_version(root, version, write_files, card).version
