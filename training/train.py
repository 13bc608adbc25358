"""Train a model with Spark, judge it by texts it never saw, and save it with its report."""

import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
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
from training.lexicon import find_lexicon, spell_without_accents, stretch_words
from training.report import write_report
from training.session import TrainingError, show_step
from training.texts import LabelledText

# Texts that hold a keyword in another sense count more, or the keyword would outweigh them.
OTHER_SENSE_WEIGHT = 7.0

# On so many texts the pipeline and its portable copy must find the same.
_CHECKED_TEXTS = 500


@dataclass(frozen=True)
class Recipe:
    """What a version is made from; the same recipe gives the same scores."""

    categories: Categories
    seed: int
    text_count: int


def train_version(
    root: Path, wait_for_spark: Callable[[], SparkSession], recipe: Recipe
) -> ModelVersion:
    """Train by a recipe, judge the model by texts it never saw, and save it.

    Prints each step with the seconds it took. Spark is waited for when it is needed.
    """
    created_at = datetime.now(UTC)
    version = f"{created_at:%Y%m%d-%H%M%S}"
    with show_step(f"writing {recipe.text_count:,} tweets and loading word vectors"):
        texts, word_vectors = prepare_training(recipe)
    with show_step("waiting for Spark"):
        spark = wait_for_spark()
    with show_step(f"training on {len(texts):,} texts"):
        model = fit.fit_model(spark, texts, recipe.categories.names, word_vectors)
        pipeline = build_pipeline_model(spark, model)
    scorer = Scorer(model, recipe.categories.names, version)
    with show_step("judging it by texts it never saw"), ThreadPoolExecutor(1) as checker:
        gathered = gather_texts(recipe.categories)
        few = gathered[SYNTHETIC][:_CHECKED_TEXTS]
        checking = checker.submit(check_pipeline, spark, pipeline, scorer, few)
        evaluations = {
            name: evaluate_texts(scorer, unseen, recipe.categories)
            for name, unseen in gathered.items()
        }
        checking.result()
    card = {
        **describe_recipe(created_at, recipe, texts),
        "words": len(model.vocabulary),
        "words_with_vectors": word_vectors.frequent_count,
        "scores": {name: asdict(evaluation) for name, evaluation in evaluations.items()},
    }

    def write_files(folder: Path) -> None:
        # Spark writes in its own process meanwhile.
        with ThreadPoolExecutor(1) as saver:
            saving = saver.submit(pipeline.save, locate_pipeline(folder))
            model.save(folder)
            write_report(folder, f"Model {version}", evaluations, card)
            saving.result()

    with show_step(f"saving version {version}"):
        return save_version(root, version, write_files, card)


def prepare_training(recipe: Recipe) -> tuple[list[LabelledText], vectors.WordVectors]:
    """Write the texts to learn from, and load the vectors of every word the model shall know."""
    categories = recipe.categories
    texts = write_texts(categories, recipe.seed, recipe.text_count)
    known = vectors.load_vectors(categories.lang, categories.category_by_keyword, find_words(texts))
    lexicon = find_lexicon(categories, known)
    loose_texts = write_loose_texts(texts, lexicon, categories, recipe.seed)
    other_senses = set(find_other_senses(texts, categories))
    known = known.add_dimensions(find_context_words(other_senses, lexicon))
    weighted = (
        replace(text, weight=OTHER_SENSE_WEIGHT) if text in other_senses else text for text in texts
    )
    known = known.add_spellings(spell_without_accents(known.words))
    return [*weighted, *loose_texts], known.add_spellings(stretch_words(lexicon))


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
            "other_sense_weight": OTHER_SENSE_WEIGHT,
            "half_weight_share": vectors.HALF_WEIGHT_SHARE,
            "least_weight": vectors.LEAST_WEIGHT,
            "own_dimension_length": vectors.OWN_DIMENSION_LENGTH,
        },
        "python": platform.python_version(),
        "packages": {"pyspark": read_package_version("pyspark")},
    }
