"""Tweets to classified tweets, by a saved MLlib pipeline."""

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.categories import OTHER


def classify_tweets(
    tweets: DataFrame,
    model: PipelineModel,
    categories: tuple[str, ...],
    threshold: float,
    model_version: str,
) -> DataFrame:
    """Add `category`, `confidence` (the highest probability, 0 to 1) and `model_version`.

    `categories` are the model's, in the order of its labels. Where the confidence is below the
    `threshold`, the category is `other`.
    """
    predictions = model.transform(tweets)
    # Reading the field of a dense vector costs less than vector_to_array.
    probabilities = F.unwrap_udt("probability")["values"]
    confidence = F.array_max(probabilities)
    # The pipeline's `prediction` is the same label, but a vector more to unpack for each tweet.
    label = (F.array_position(probabilities, confidence) - 1).cast("int")
    most_probable = F.get(F.array(*map(F.lit, categories)), label)
    return predictions.select(
        *tweets.columns,
        F.when(confidence < threshold, OTHER).otherwise(most_probable).alias("category"),
        confidence.alias("confidence"),
        F.lit(model_version).alias("model_version"),
    )
