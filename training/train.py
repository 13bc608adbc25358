"""Train a model with Spark, judge it by texts it never saw, and save it with its report."""

import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version as read_package_version
from pathlib import Path
from typing import Any

from pyspark.ml import PipelineModel
from pyspark.sql import SparkSession

from models.categories import Categories
from models.classifier import build_pipeline_model, locate_pipeline
from models.registry import ModelVersion, save_version
from models.scorer import Scorer
from training import fit, vectors
from training.corpus import (
    count_categories,
    find_context_words,
    find_other_senses,
    find_words,
    write_loose_texts,
    write_texts,
)
from training.evaluate import evaluate_texts
from training.judging import SYNTHETIC, gather_texts
from training.lexicon import find_lexicon, stretch_words
from training.report import write_report
from training.session import TrainingError, show_step
from training.texts import LabelledText

# Texts that hold a keyword in another sense are repeated, or the keyword would outweigh them.
OTHER_SENSE_REPEATS = 6

_PACKAGES = ("pyspark", *vectors.PACKAGES)


@dataclass(frozen=True)
class Recipe:
    """What a version is made from; the same recipe gives the same scores."""

    categories: Categories
    seed: int
    text_count: int


def train_version(root: Path, spark: SparkSession, recipe: Recipe) -> ModelVersion:
    """Train by a recipe, judge the model by texts it never saw, and save it.

    Prints each step with the seconds it took.
    """
    created_at = datetime.now(UTC)
    version = f"{created_at:%Y%m%d-%H%M%S}"
    with show_step(f"writing {recipe.text_count:,} tweets and loading word vectors"):
        texts, word_vectors = prepare_training(recipe)
    with show_step(f"training on {len(texts):,} texts"):
        model = fit.fit_model(spark, texts, recipe.categories.names, word_vectors)
        pipeline = build_pipeline_model(spark, model)
    scorer = Scorer(model, recipe.categories.names, version)
    with show_step("judging it by texts it never saw"):
        gathered = gather_texts(recipe.categories)
        check_pipeline(spark, pipeline, scorer, gathered[SYNTHETIC])
        evaluations = {
            name: evaluate_texts(scorer, unseen, recipe.categories)
            for name, unseen in gathered.items()
        }
    card = {
        **describe_recipe(created_at, recipe, texts),
        "scores": {name: asdict(evaluation) for name, evaluation in evaluations.items()},
    }

    def write_files(folder: Path) -> None:
        pipeline.save(locate_pipeline(folder))
        model.save(folder)
        write_report(folder, f"Model {version}", evaluations, card)

    with show_step(f"saving version {version}"):
        return save_version(root, version, write_files, card)


def prepare_training(recipe: Recipe) -> tuple[list[LabelledText], vectors.WordVectors]:
    """Write the texts to learn from, and load the vectors of every word the model shall know."""
    texts = write_texts(recipe.categories, recipe.seed, recipe.text_count)
    known = vectors.load_vectors(recipe.categories.category_by_keyword, find_words(texts))
    lexicon = find_lexicon(recipe.categories, known)
    loose_texts = write_loose_texts(texts, lexicon, recipe.categories, recipe.seed)
    other_senses = find_other_senses(texts, recipe.categories)
    known = known.add_dimensions(find_context_words(other_senses, lexicon))
    return (
        [*texts, *loose_texts, *other_senses * OTHER_SENSE_REPEATS],
        known.add_spellings(stretch_words(lexicon)),
    )


def check_pipeline(
    spark: SparkSession, pipeline: PipelineModel, scorer: Scorer, texts: Sequence[LabelledText]
) -> None:
    """Raise `TrainingError` if the scorer does not find what the pipeline finds."""
    rows = spark.createDataFrame([(text.text,) for text in texts], "text STRING")
    predictions = pipeline.transform(rows).select("probability").collect()
    for text, prediction in zip(texts, predictions, strict=True):
        scored = list(scorer.explain(text.text).probabilities.values())
        if max(abs(prediction.probability.toArray() - scored)) > 1e-6:
            raise TrainingError(
                f"The portable copy of the model finds {scored} for {text.text!r}, the pipeline "
                f"{prediction.probability}: models/words.py or models/scorer.py is not what the "
                "pipeline does."
            )


def describe_recipe(
    created_at: datetime, recipe: Recipe, texts: Sequence[LabelledText]
) -> dict[str, Any]:
    """Describe what a version is made from, as its card has it."""
    return {
        "created_at": created_at.isoformat(timespec="seconds"),
        "categories": recipe.categories.names,
        "keywords": recipe.categories.keywords,
        "lang": recipe.categories.lang,
        "seed": recipe.seed,
        "tweet_count": recipe.text_count,
        "training_texts": count_categories(texts, recipe.categories),
        "settings": {
            "regularization": fit.REGULARIZATION,
            "sharpness": fit.SHARPNESS,
            "other_shift": fit.OTHER_SHIFT,
            "threshold": fit.THRESHOLD,
            "silent_share": fit.SILENT_SHARE,
            "other_sense_repeats": OTHER_SENSE_REPEATS,
            "vocabulary_size": vectors.VOCABULARY_SIZE,
            "half_weight_share": vectors.HALF_WEIGHT_SHARE,
            "least_weight": vectors.LEAST_WEIGHT,
            "glove_share": vectors.GLOVE_SHARE,
            "own_dimension_length": vectors.OWN_DIMENSION_LENGTH,
        },
        "python": platform.python_version(),
        "packages": {name: read_package_version(name) for name in _PACKAGES},
    }
