"""The live model of the registry, loaded once for each promotion."""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyspark.ml import PipelineModel

from jobs.hadoop_files import HadoopFiles
from models.classifier import load_model, locate_pipeline
from models.datasets import MODEL
from models.registry import RegistryError, load_version, read_current
from models.scorer import PortableModel

log = logging.getLogger("tweets")

_NO_MODEL = "No model is live in {}: make one with `python -m training train`."


class NoModel(Exception):
    """No version is live; the message says how to make one."""


@dataclass(frozen=True)
class LoadedModel:
    """A fitted pipeline with its version, and its categories in the order of their labels.

    Below the `threshold`, a probability, its answer is `other`.
    """

    version: str
    categories: tuple[str, ...]
    threshold: float
    pipeline: PipelineModel


def require_model(model_root: Path) -> None:
    """Raise `NoModel` if no version is live; costs nothing and needs no Spark."""
    if read_current(model_root) is None:
        raise NoModel(_NO_MODEL.format(model_root))


class LiveModel:
    """What `current` names in a model root of this machine, looked up at each call of `load`.

    Executors may be elsewhere: they read a copy below the data root, which is there only while a
    version is loaded. So only the holder of the lease may load: `check_lease` raises in any other.
    """

    def __init__(
        self,
        model_root: Path,
        files: HadoopFiles,
        check_lease: Callable[[], None],
    ) -> None:
        self._root = model_root
        self._files = files
        self._check_lease = check_lease
        self._loaded: LoadedModel | None = None
        self._refused: str | None = None
        self._loading = threading.Lock()

    def load_early(self) -> None:
        """Begin to load the live model in the background; what is wrong with it `load` will say."""

        def load() -> None:
            with contextlib.suppress(Exception):
                self.load()

        threading.Thread(target=load, name="model", daemon=True).start()

    def load(self) -> LoadedModel:
        """Return the live model; a version that cannot be loaded leaves the one before at work.

        Raises `NoModel` if there is none before.
        """
        with self._loading:
            return self._load_current()

    def _load_current(self) -> LoadedModel:
        version = read_current(self._root)
        if self._loaded and version in (self._loaded.version, self._refused, None):
            return self._loaded
        if version is None:
            raise NoModel(_NO_MODEL.format(self._root))
        try:
            self._loaded = self._load(version)
            log.info("model %s is live", version)
        except RegistryError as error:
            if self._loaded is None:
                raise NoModel(str(error)) from error
            self._refused = version
            log.error("%s Model %s stays at work.", error, self._loaded.version)
        return self._loaded

    def _load(self, version: str) -> LoadedModel:
        self._check_lease()
        found = load_version(self._root, version)
        threshold = PortableModel.load(found.folder).threshold
        try:
            self._files.copy_in(locate_pipeline(found.folder), MODEL)
            pipeline = load_model(self._files.locate(MODEL))
        finally:
            self._files.delete(MODEL)
        return LoadedModel(version, found.categories, threshold, pipeline)
