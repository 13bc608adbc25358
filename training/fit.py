"""Logistic regression on the word vectors of a text, folded into one coefficient per word.

A text is its normalised TF-IDF t (words) times the vectors V (words x dimensions); the regression
finds classes B (categories x dimensions). As (t·V)·Bᵀ = t·(V·Bᵀ), this is a model on TF-IDF, and a
word that no text of the training holds has its coefficients all the same.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, StructField, StructType

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
SHARPNESS = 1.17
OTHER_SHIFT = -0.75
THRESHOLD = 0.2

# The share of the words that is left out: those that tell the categories apart least. Being common,
# they are a third of the known words of a text: without them scoring costs less, and a text counts
# for what it says instead of for its length.
SILENT_SHARE = 0.01

_EXAMPLES = StructType([StructField("features", VectorUDT()), StructField("label", DoubleType())])


def fit_model(
    spark: SparkSession, texts: Sequence[LabelledText], names: Sequence[str], vectors: WordVectors
) -> PortableModel:
    """Fit the classes to labelled texts, and fold them and the calibration into a model of words.

    `names` are the categories in the order of their labels.
    """
    label_by_name = {name: float(label) for label, name in enumerate(names)}
    # One partition: sums over several would depend on which of them is ready first.
    examples = spark.createDataFrame(
        [
            (Vectors.dense(vectors.embed(split_words(text.text))), label_by_name[text.category])
            for text in texts
        ],
        _EXAMPLES,
    ).coalesce(1)
    fitted = LogisticRegression(
        family="multinomial", regParam=REGULARIZATION, standardization=False, maxIter=200
    ).fit(examples.persist())
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


def _find_telling_words(
    coefficients: NDArray[np.float64], idf: NDArray[np.float64]
) -> NDArray[np.intp]:
    differences = idf * coefficients.std(axis=0)
    return np.flatnonzero(differences >= np.quantile(differences, SILENT_SHARE))
