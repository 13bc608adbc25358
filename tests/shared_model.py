"""The default model, trained as a user would, which all tests share."""

import os
from pathlib import Path

from commands import run_module
from made_once import make_once

# A training runs long enough to gain from the compiler that short runs go without.
TRAINING = {"SPARK_SUBMIT_OPTS": "", "TWEETS_CATEGORIES": ""}
_INPUTS = ("models", "training", "producer/sources", "settings.py", "requirements.txt")


def make_model() -> Path:
    """Return a model root in which it is live, trained now if no run before has done so."""
    return make_once("model", _INPUTS, _train)


def _train(folder: Path) -> None:
    run_module(
        "training", "train", env={**os.environ, **TRAINING, "TWEETS_MODEL_ROOT": str(folder)}
    )
