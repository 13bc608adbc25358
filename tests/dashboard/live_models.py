"""Model versions that need no training."""

import json
from pathlib import Path

import numpy as np

from models.categories import Categories, load_categories
from models.registry import PIPELINE, promote, save_version
from models.scorer import PortableModel

ENGLISH_CATEGORIES = load_categories()


def promote_model(
    model_root: Path,
    version: str,
    weight: float,
    categories: Categories = ENGLISH_CATEGORIES,
    threshold: float = 0.0,
) -> None:
    """Make a version live that decides by the keywords, each with the same weight."""
    words = list(categories.category_by_keyword)
    coefficients = np.zeros((len(categories.names), len(words)))
    for column, category in enumerate(categories.category_by_keyword.values()):
        coefficients[categories.names.index(category), column] = weight
    intercepts = np.array([0.0] * len(categories.keywords) + [1.0])
    model = PortableModel(words, np.ones(len(words)), coefficients, intercepts, threshold)

    def write_files(folder: Path) -> None:
        model.save(folder)
        metadata = folder / PIPELINE / "metadata"
        metadata.mkdir(parents=True)
        stage = {"class": "org.apache.spark.ml.PipelineModel", "paramMap": {}}
        (metadata / "part-00000").write_text(json.dumps(stage))

    save_version(model_root, version, write_files, {"categories": categories.names})
    promote(model_root, version)
