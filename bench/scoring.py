"""What it costs to score a tweet: by the live version's MLlib pipeline, and without Spark.

Run it with `python -m bench.scoring`; to compare two versions, run it for each in turns.
"""

import argparse
import statistics
import time
from itertools import islice

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession

from jobs.classify import classify_tweets
from jobs.hadoop_files import HadoopFiles
from jobs.live_model import LiveModel
from models.categories import load_categories
from models.registry import load_version
from models.scorer import Scorer
from producer.sources.synthetic import generate_texts
from settings import load_settings

TEXTS = 200_000
ROUNDS = 7
WARM_UP = 2


def main() -> None:
    """Print core-microseconds per tweet after each stage, and texts a second without Spark."""
    argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__).parse_args()
    root = load_settings().model_root
    texts = [text.text for text in islice(generate_texts(5, load_categories()), TEXTS)]
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.driver.memory", "4g")
        .getOrCreate()
    )
    rows = spark.createDataFrame([(text,) for text in texts], "text STRING").repartition(1)
    rows = rows.persist()
    rows.count()
    files = HadoopFiles(spark, f"file:{root.absolute()}")
    live = LiveModel(root, files, lambda: None).load()
    stages = live.pipeline.stages
    for count, column in enumerate(("words", "word_counts", "weighted_words", "features"), 1):
        print(f"{column:<15} {time_pipeline(PipelineModel(stages[:count]), rows, column):5.1f} us")
    print(f"{'probability':<15} {time_pipeline(live.pipeline, rows, 'probability'):5.1f} us")
    answers = classify_tweets(rows, live.pipeline, live.categories, live.threshold, live.version)
    print(f"{'answers':<15} {time_scored(answers.drop('text')):5.1f} us")
    spark.stop()
    version = load_version(root, live.version)
    started = time.perf_counter()
    scorer = Scorer.load(version)
    print(f"loading without Spark {time.perf_counter() - started:.3f} s")
    started = time.perf_counter()
    for text in texts[:20_000]:
        scorer.explain(text)
    print(f"without Spark   {20_000 / (time.perf_counter() - started):,.0f} texts a second")


def time_pipeline(pipeline: PipelineModel, rows: DataFrame, column: str) -> float:
    """Time the making of a column, in microseconds of one core per tweet."""
    return time_scored(pipeline.transform(rows).select(column))


def time_scored(scored: DataFrame) -> float:
    """Time the making of all rows: the median of the rounds after the warm-up, per tweet."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        scored.write.format("noop").mode("overwrite").save()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[WARM_UP:]) * 1e6 / TEXTS


if __name__ == "__main__":
    main()
