"""Logistic regression on the word vectors of a text, folded into one coefficient per word.

A text is its normalised TF-IDF t (words) times the vectors V (words x dimensions); the regression
finds classes B (categories x dimensions). As (t·V)·Bᵀ = t·(V·Bᵀ), this is a model on TF-IDF, and a
word that no text of the training holds has its coefficients all the same.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.functions import array_to_vector
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from models.categories import OTHER
from models.scorer import PortableModel
from models.words import split_words
from training.texts import LabelledText
from training.vectors import WordVectors

# The size of the coefficients is punished so much that the classes stay close to the middle of
# their texts: what tells our texts apart beyond that does not hold for other people's.
REGULARIZATION = 6e-4

# The fit is too cautious about other people's texts, and sees too many of `other` among them: each
# margin is multiplied by the sharpness, after that of `other` was moved. Below the threshold, a
# probability, the answer is `other`. Chosen on real texts: see docs/model.md.
SHARPNESS = 1.2
OTHER_SHIFT = -1.2
THRESHOLD = 0.2

# The share of the words that is left out: those that tell the categories apart least. Being common,
# they are a third of the known words of a text: without them scoring costs less, and a text counts
# for what it says instead of for its length.
SILENT_SHARE = 0.01

# More are no better on any of the texts that judge a model.
_ITERATIONS = 25


def fit_model(
    spark: SparkSession,
    texts: Sequence[LabelledText],
    names: Sequence[str],
    vectors: WordVectors,
) -> PortableModel:
    """Fit the classes to labelled texts, and fold them and the calibration into a model of words.

    `names` are the categories in the order of their labels.
    """
    fitted = LogisticRegression(
        family="multinomial",
        regParam=REGULARIZATION,
        standardization=False,
        maxIter=_ITERATIONS,
        weightCol="weight",
    ).fit(_build_frame(spark, texts, names, vectors))
    classes: NDArray[np.float64] = fitted.coefficientMatrix.toArray()
    intercepts = np.array(fitted.interceptVector.toArray())
    intercepts[names.index(OTHER)] += OTHER_SHIFT
    coefficients = classes @ vectors.vectors.T
    kept = _find_telling_words(coefficients, vectors.idf)
    return PortableModel(
        vocabulary=[vectors.words[word] for word in kept],
        idf=vectors.idf[kept],
        coefficients=SHARPNESS * coefficients[:, kept],
        intercepts=SHARPNESS * intercepts,
        threshold=THRESHOLD,
    )


def _build_frame(
    spark: SparkSession,
    texts: Sequence[LabelledText],
    names: Sequence[str],
    vectors: WordVectors,
) -> DataFrame:
    """Build the columns `features`, `label` and `weight`, a row for each text."""
    label_by_name = {name: float(label) for label, name in enumerate(names)}
    features = vectors.embed([split_words(text.text) for text in texts])
    ends = np.arange(0, features.size + 1, features.shape[1], dtype=np.int32)
    table = pa.table(
        {
            "features": pa.ListArray.from_arrays(ends, features.ravel()),
            "label": [label_by_name[text.category] for text in texts],
            "weight": [text.weight for text in texts],
        }
    )
    # One partition: sums over several would depend on which of them is ready first.
    frame = spark.createDataFrame(table).coalesce(1)
    return frame.withColumn("features", array_to_vector(F.col("features"))).persist()


def _find_telling_words(
    coefficients: NDArray[np.float64], idf: NDArray[np.float64]
) -> NDArray[np.intp]:
    differences = idf * coefficients.std(axis=0)
    return np.flatnonzero(differences >= np.quantile(differences, SILENT_SHARE))
