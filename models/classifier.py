"""The classifier as an MLlib pipeline: built from the numbers of a model, loaded from a version."""

from pathlib import Path

from pyspark.ml import PipelineModel
from pyspark.ml.classification import LogisticRegressionModel
from pyspark.ml.common import _py2java
from pyspark.ml.feature import CountVectorizerModel, IDFModel, Normalizer, SQLTransformer
from pyspark.ml.linalg import DenseMatrix, Vectors
from pyspark.mllib.common import _py2java as _py2java_of_rdds
from pyspark.mllib.linalg import Vectors as VectorsOfRdds
from pyspark.sql import SparkSession

from models.registry import PIPELINE
from models.scorer import PortableModel
from models.words import WORDS_STATEMENT


def build_pipeline_model(spark: SparkSession, model: PortableModel) -> PipelineModel:
    """Build the fitted pipeline: column `text` in, `prediction` and `probability` out.

    `prediction` (double) is the index of the most probable category. A null text makes it fail:
    reject those before.
    """
    return PipelineModel(
        [
            SQLTransformer(statement=WORDS_STATEMENT),
            _build_count_vectorizer(spark, model),
            _build_idf(spark, model),
            Normalizer(p=2.0, inputCol="weighted_words", outputCol="features"),
            _build_logistic_regression(spark, model),
        ]
    )


def load_model(pipeline: str) -> PipelineModel:
    """Load a fitted pipeline from a place that executors can read too: they open its files.

    Loading runs what the files name: they are those that `models.registry.load_version` has
    checked, or a copy.
    """
    return PipelineModel.load(pipeline)


def locate_pipeline(folder: Path) -> str:
    """Name the pipeline in a version's folder as a local file, whatever Spark's default is."""
    return f"file://{folder.resolve()}/{PIPELINE}"


# pyspark can only fit the last two, and would send a vocabulary word by word: their constructors in
# the JVM take numbers, and one text that is split there.


def _build_count_vectorizer(spark: SparkSession, model: PortableModel) -> CountVectorizerModel:
    jvm = spark.sparkContext._jvm
    assert jvm is not None
    vocabulary = jvm.java.util.regex.Pattern.compile("\n").split("\n".join(model.vocabulary))
    stage = CountVectorizerModel(
        jvm.org.apache.spark.ml.feature.CountVectorizerModel("count_vectorizer", vocabulary)
    )
    return stage.setInputCol("words").setOutputCol("word_counts")


def _build_idf(spark: SparkSession, model: PortableModel) -> IDFModel:
    context, jvm = spark.sparkContext, spark.sparkContext._jvm
    assert context._gateway is not None
    assert jvm is not None
    idf = _py2java_of_rdds(context, VectorsOfRdds.dense(model.idf))
    no_frequencies = context._gateway.new_array(jvm.long, 0)
    fitted = jvm.org.apache.spark.mllib.feature.IDFModel(idf, no_frequencies, 0)
    stage = IDFModel(jvm.org.apache.spark.ml.feature.IDFModel("idf", fitted))
    return stage.setInputCol("word_counts").setOutputCol("weighted_words")


def _build_logistic_regression(
    spark: SparkSession, model: PortableModel
) -> LogisticRegressionModel:
    category_count, word_count = model.coefficients.shape
    # Column by column, so that the coefficients of a word lie together in memory.
    coefficients = DenseMatrix(
        category_count, word_count, model.coefficients.ravel(order="F"), isTransposed=False
    )
    jvm = spark.sparkContext._jvm
    assert jvm is not None
    stage = jvm.org.apache.spark.ml.classification.LogisticRegressionModel(
        "logistic_regression",
        _py2java(spark.sparkContext, coefficients),
        _py2java(spark.sparkContext, Vectors.dense(model.intercepts)),
        category_count,
        True,
    )
    # Without the raw prediction, which nobody reads, scoring is cheaper.
    return LogisticRegressionModel(stage).setRawPredictionCol("")
