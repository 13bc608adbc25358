"""The folder of a run of the tests, which all of its workers share."""

import os
from pathlib import Path

from leftovers import MARK


def locate_run() -> Path:
    """Locate the folder of this run."""
    return Path(os.environ[MARK])


def build_stack_env() -> dict[str, str]:
    """Build the environment of commands about the stack that all tests share."""
    return {**os.environ, "TWEETS_LOCAL_DIR": str(locate_run() / "stack")}
