"""The default model, trained as a user would, which all tests share."""

import os
from pathlib import Path

from commands import run_module
from made_once import make_once

_INPUTS = ("models", "training", "producer/sources", "settings.py", "requirements.txt")


def make_model() -> Path:
    """Return a model root in which it is live, trained now if no run before has done so."""
    return make_once("model", _INPUTS, _train)


def _train(folder: Path) -> None:
    # It runs long enough to gain from the compiler that short runs go without.
    env = {**os.environ, "TWEETS_MODEL_ROOT": str(folder), "SPARK_SUBMIT_OPTS": ""}
    env["TWEETS_CATEGORIES"] = ""
    run_module("training", "train", env=env)
