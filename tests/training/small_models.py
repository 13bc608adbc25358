"""A model of a few words, whose answers can be told by reading it."""

import numpy as np

from models.categories import OTHER, Categories
from models.scorer import PortableModel, Scorer

CATEGORIES = Categories("en", {"food": ("pizza", "burger"), "movies": ("film",)})

# What a word, alone in a text, adds to food, movies and other.
WEIGHTS = {
    "pizza": (4.0, 0.0, 0.0),
    "pizzaaa": (4.0, 0.0, 0.0),
    "soup": (3.0, 0.0, 0.0),
    "film": (0.0, 4.0, 0.0),
    "scene": (0.0, 2.0, 0.0),
    "rain": (0.0, 0.0, 3.0),
    "the": (0.0, 0.5, 0.5),
}


def build_model(threshold: float = 0.4, **weights: tuple[float, ...]) -> PortableModel:
    """Build a model of `WEIGHTS`, with other weights for some words."""
    known = {**WEIGHTS, **weights}
    return PortableModel(
        vocabulary=list(known),
        idf=np.ones(len(known)),
        coefficients=np.array(list(known.values())).T,
        # Where no word is known it is `other`, and food rather than movies.
        intercepts=np.array([0.05, 0.0, 0.2]),
        threshold=threshold,
    )


def build_scorer(
    version: str = "v1", threshold: float = 0.4, **weights: tuple[float, ...]
) -> Scorer:
    """Build the scorer of such a model."""
    return Scorer(build_model(threshold, **weights), (*CATEGORIES.keywords, OTHER), version)
