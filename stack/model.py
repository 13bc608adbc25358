"""A live model for the categories in use: whether there is one, else training it."""

import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path

from settings import Settings
from stack.errors import StackError
from stack.java import find_java

_ENGLISH = Path(__file__).parents[1] / "models/categories/en.toml"
_POLL_SECONDS = 0.25


def ensure_model(settings: Settings, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Train a model where no fitting one is live, unless told to stop; `StackError` if it fails."""
    if is_model_live(settings):
        return
    say("Training a model for the categories in use, once …")
    command = [sys.executable, "-m", "training", "train", "--promote", "--force"]
    training = subprocess.Popen(
        command, env={**os.environ, "JAVA_HOME": str(find_java())}, start_new_session=True
    )
    while training.poll() is None:
        if stop.wait(_POLL_SECONDS):
            os.killpg(training.pid, signal.SIGKILL)
    if training.wait() and not stop.is_set():
        raise StackError(
            f"Training ended with exit code {training.returncode}: see above, and try "
            "`python -m training train` alone."
        )


def is_model_live(settings: Settings) -> bool:
    """Tell whether a version is live that was trained for the categories file in use.

    What is wrong with that file or with the version is left to those who use them to say.
    """
    try:
        live = (settings.model_root / "current").read_text().split()[0]
        card = json.loads((settings.model_root / live / "card.json").read_bytes())
        wanted = tomllib.loads((settings.categories or _ENGLISH).read_text(encoding="utf-8"))
        return bool(card["keywords"] == wanted["keywords"])
    except (OSError, ValueError, LookupError, TypeError):
        return False
