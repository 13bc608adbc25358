"""Train a model on a corpus with Spark, test it, and save it as a new version."""

import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyspark
from pyspark.errors import PySparkException
from pyspark.ml import PipelineModel
from pyspark.ml.classification import LogisticRegressionModel
from pyspark.ml.feature import CountVectorizerModel, IDFModel
from pyspark.sql import DataFrame, SparkSession

from models.categories import CATEGORIES
from models.classifier import build_pipeline, locate_pipeline
from models.registry import ModelVersion, save_version
from models.scorer import PortableModel, Scorer
from producer.sources.synthetic import generate_texts
from training.corpus import Corpus, LabelledText, build_corpus, count_categories
from training.evaluate import Scores, score_predictions


class TrainingError(Exception):
    """A training that cannot go on; the message says why and what to do."""


def train_version(root: Path, spark: SparkSession, seed: int, text_count: int) -> ModelVersion:
    """Train on synthetic texts and save the result; the same seed and count give the same scores.

    Prints each step with the seconds it took.
    """
    created_at = datetime.now(UTC)
    version = f"{created_at:%Y%m%d-%H%M%S}"
    with show_step(f"writing {text_count:,} texts"):
        corpus = build_corpus(islice(generate_texts(seed), text_count))
    with show_step(f"training on {len(corpus.train):,} of them"):
        model = fit_model(spark, corpus.train)
    portable = export_model(model)
    with show_step(f"testing on {len(corpus.test):,} of them"):
        predicted = predict_categories(model, read_texts(spark, corpus.test))
        _check_portable(Scorer(portable, CATEGORIES, version), corpus.test, predicted)
        scores = score_predictions([text.category for text in corpus.test], predicted)

    def write_files(folder: Path) -> None:
        model.save(locate_pipeline(folder))
        portable.save(folder)

    with show_step(f"saving version {version}"):
        card = _build_card(created_at, seed, corpus, scores)
        return save_version(root, version, write_files, card)


def open_session() -> SparkSession:
    """Start Spark in this process's own JVM, on loopback only, without a page."""
    # The only way to keep every port of Spark off the network.
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        return (
            SparkSession.builder.master("local[*]")
            .appName("training")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()
        )
    except (PySparkException, OSError) as error:
        java_home = os.environ.get("JAVA_HOME")
        raise TrainingError(
            f"Spark could not start Java (JAVA_HOME is {java_home!r}): set JAVA_HOME to a Java 17 "
            "or 21, for example with `export JAVA_HOME=$(python -m stack.java)`."
        ) from error


def read_texts(spark: SparkSession, texts: Sequence[LabelledText]) -> DataFrame:
    """Turn texts into a DataFrame of `text` and `label`, in their order.

    It has one partition: sums over several would depend on which of them is ready first.
    """
    rows = [(text.text, float(CATEGORIES.index(text.category))) for text in texts]
    return spark.createDataFrame(rows, "text STRING, label DOUBLE").coalesce(1)


def fit_model(spark: SparkSession, texts: Sequence[LabelledText]) -> PipelineModel:
    """Fit the pipeline to labelled texts."""
    return build_pipeline().fit(read_texts(spark, texts))


def predict_categories(model: PipelineModel, texts: DataFrame) -> list[str]:
    """Predict the category of each text, in their order."""
    predictions = model.transform(texts).select("prediction").collect()
    return [CATEGORIES[int(row.prediction)] for row in predictions]


def export_model(model: PipelineModel) -> PortableModel:
    """Take the numbers out of a fitted pipeline."""
    _, count_words, weigh_words, choose_category = model.stages
    assert isinstance(count_words, CountVectorizerModel)
    assert isinstance(weigh_words, IDFModel)
    assert isinstance(choose_category, LogisticRegressionModel)
    return PortableModel(
        vocabulary=list(count_words.vocabulary),
        idf=np.asarray(weigh_words.idf.toArray()),
        coefficients=np.asarray(choose_category.coefficientMatrix.toArray()),
        intercepts=np.asarray(choose_category.interceptVector.toArray()),
    )


@contextmanager
def show_step(step: str) -> Iterator[None]:
    """Say on the terminal what is being done, and how long it took."""
    # On lines of their own: Java writes to the terminal too.
    print(f"{step} …", flush=True)
    started_at = time.monotonic()
    yield
    print(f"  took {time.monotonic() - started_at:.1f} s", flush=True)


def _check_portable(scorer: Scorer, texts: Sequence[LabelledText], predicted: list[str]) -> None:
    for text, category in zip(texts, predicted, strict=True):
        scored = scorer.explain(text.text).category
        if scored != category:
            raise TrainingError(
                f"The portable copy of the model calls {text.text!r} {scored}, the pipeline "
                f"{category}: models/words.py or models/scorer.py is not what the pipeline does."
            )


def _build_card(created_at: datetime, seed: int, corpus: Corpus, scores: Scores) -> dict[str, Any]:
    return {
        "created_at": created_at.isoformat(timespec="seconds"),
        "categories": CATEGORIES,
        "seed": seed,
        "data": {
            "text_count": len(corpus.train) + len(corpus.test),
            "train": count_categories(corpus.train),
            "test": count_categories(corpus.test),
            "train_templates": sorted({text.template for text in corpus.train}),
            "test_templates": sorted({text.template for text in corpus.test}),
        },
        "stages": {
            type(stage).__name__: {
                param.name: value for param, value in stage.extractParamMap().items()
            }
            for stage in build_pipeline().getStages()
        },
        "scores": asdict(scores),
        "python": platform.python_version(),
        "pyspark": pyspark.__version__,
    }
