"""Running `python -m training` as a user does."""

import os
import subprocess
import sys
from pathlib import Path

from commands import ROOT


def run_training(model_root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=ROOT,
        env={**os.environ, "TWEETS_MODEL_ROOT": str(model_root), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def run_successfully(model_root: Path, *arguments: str, **env: str) -> str:
    result = run_training(model_root, *arguments, **env)
    assert result.returncode == 0, result.stderr
    return result.stdout
