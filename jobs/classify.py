"""Tweets to classified tweets, by a saved MLlib pipeline."""

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def classify_tweets(
    tweets: DataFrame, model: PipelineModel, categories: tuple[str, ...], model_version: str
) -> DataFrame:
    """Add `category`, `confidence` (the highest probability, 0 to 1) and `model_version`.

    `categories` are the model's, in the order of its labels.
    """
    predictions = model.transform(tweets)
    names = F.array(*map(F.lit, categories))
    return predictions.select(
        *tweets.columns,
        F.get(names, F.col("prediction").cast("int")).alias("category"),
        # The probabilities of a dense vector; reading its field costs less than vector_to_array.
        F.array_max(F.unwrap_udt("probability")["values"]).alias("confidence"),
        F.lit(model_version).alias("model_version"),
    )
