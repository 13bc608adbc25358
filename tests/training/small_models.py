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


def build_scorer(
    version: str = "v1", threshold: float = 0.4, **weights: tuple[float, ...]
) -> Scorer:
    """Build a scorer of `WEIGHTS`, with other weights for some words."""
    known = {**WEIGHTS, **weights}
    model = PortableModel(
        vocabulary=list(known),
        idf=np.ones(len(known)),
        coefficients=np.array(list(known.values())).T,
        intercepts=np.array([0.05, 0.0, 0.2]),
        threshold=threshold,
    )
    return Scorer(model, (*CATEGORIES.keywords, OTHER), version)
