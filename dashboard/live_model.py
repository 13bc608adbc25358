"""The live model version, without Spark: it follows a promotion by itself."""

import threading
from pathlib import Path

from dashboard.snapshot import ComponentState
from models.registry import RegistryError, load_version, read_current
from models.scorer import Explanation, Scorer


class LiveModel:
    """Classifies texts by the version that is live at that moment; safe for several threads."""

    def __init__(self, model_root: Path) -> None:
        self._model_root = model_root
        self._lock = threading.Lock()
        self._version: str | None = None
        self._scorer: Scorer | None = None

    def explain(self, text: str) -> Explanation:
        """Classify a text and say why; raise `RegistryError` if no model can be used."""
        return self._follow_current().explain(text)

    def list_categories(self) -> tuple[str, ...]:
        """List the categories of the live version in their order; none if it cannot be used."""
        try:
            return self._follow_current().categories
        except RegistryError:
            return ()

    def judge(self) -> ComponentState:
        """Say whether a model can be used."""
        try:
            self._follow_current()
        except RegistryError as error:
            return ComponentState("down", None, str(error))
        return ComponentState("ok", None, f"Model version {self._version} is live.")

    def _follow_current(self) -> Scorer:
        with self._lock:
            version = read_current(self._model_root)
            if version is None:
                raise RegistryError(
                    f"No model is live in {self._model_root}: "
                    "run `python -m training train --promote`."
                )
            if self._scorer is None or version != self._version:
                self._scorer = Scorer.load(load_version(self._model_root, version))
                self._version = version
            return self._scorer
