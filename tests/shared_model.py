"""The models that come with the project, trained as a user would, which all tests share."""

import os
from pathlib import Path

from commands import run_module
from made_once import make_once

from models.categories import ENGLISH

# A training runs long enough to gain from the compiler that short runs go without.
TRAINING = {"SPARK_SUBMIT_OPTS": "", "TWEETS_CATEGORIES": ""}
_INPUTS = ("models", "training", "producer/sources", "settings.py", "requirements.txt")


def make_model() -> Path:
    """Return a model root in which the default one is live.

    It is trained now if no run before has done so.
    """
    return make_once("model", _INPUTS, _train)


def make_spanish_model() -> Path:
    """Return a model root in which the Spanish one is live."""
    return make_once("spanish-model", _INPUTS, lambda folder: _train(folder, "es"))


def _train(folder: Path, lang: str = "en") -> None:
    env = {
        **TRAINING,
        "TWEETS_CATEGORIES": str(ENGLISH.with_name(f"{lang}.toml")),
        "TWEETS_MODEL_ROOT": str(folder),
    }
    run_module("training", "train", env={**os.environ, **env})
