"""The classifier as an MLlib pipeline: unfitted for training, fitted from a saved version."""

from pathlib import Path

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import IDF, CountVectorizer, SQLTransformer

from models.registry import PIPELINE, ModelVersion
from models.words import WORDS_STATEMENT


def build_pipeline() -> Pipeline:
    """Build the unfitted pipeline: column `text` in, `prediction` and `probability` out.

    `label` and `prediction` are indexes (double) into `models.categories.CATEGORIES`. A null text
    makes the fitted model fail: reject those before.
    """
    split_text = SQLTransformer(statement=WORDS_STATEMENT)
    count_words = CountVectorizer(
        inputCol="words", outputCol="word_counts", vocabSize=1 << 14, minDF=2
    )
    weigh_words = IDF(inputCol="word_counts", outputCol="features")
    # Without the raw prediction, which nobody reads, scoring is cheaper.
    choose_category = LogisticRegression(
        family="multinomial", regParam=0.001, maxIter=100, rawPredictionCol=""
    )
    return Pipeline(stages=[split_text, count_words, weigh_words, choose_category])


def load_model(version: ModelVersion) -> PipelineModel:
    """Load the fitted pipeline of a version, which `models.registry.load_version` has checked.

    Executors read its files too: remote ones need the model root at the same path.
    """
    return PipelineModel.load(locate_pipeline(version.folder))


def locate_pipeline(folder: Path) -> str:
    """Name the pipeline in a version's folder as a local file, whatever Spark's default is."""
    return f"file://{folder.resolve()}/{PIPELINE}"
