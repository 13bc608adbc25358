"""The scorer and the saved MLlib pipeline are the same model, on any text."""

import sys
import unicodedata
from itertools import islice

import pytest
from pyspark.ml.feature import SQLTransformer
from pyspark.sql import SparkSession

from models.classifier import load_model
from models.registry import ModelVersion, load_version
from models.scorer import Scorer
from models.words import WORDS_STATEMENT, split_words
from producer.sources.synthetic import generate_texts
from training.train import train_version

ODD_TEXTS = [
    "",
    " ",
    "!?… ---",
    "🍕🍕🍕",
    "pizza🍕film ❤️\u200d🔥song",
    "\u0130STANBUL I\u011fd\u0131r FILM \u0131I",
    "ΟΔΟΣ ΟΔΟΣ. ΣΑΣ Σ film",
    "pizza\tfilm\nsong\r\nchurch\u000bdoctor",
    "pizza\u00a0film\u3000song\u2009church\u200bdoctor",
    "#PIZZA,@film;song_church\u2019s “doctor”",
    "Straße ẞ ﬁlm ﬃ Å",
    "\x00 pizza \x00film\x00",
    "\\ ' \" % _ \\% $1 \\1 [^pizza]+",
    "カメラ 写真を撮る ภาษาไทย हिन्दी العربية 한국어",
    "e\u0301cole pi\u0308zza film\u0301",
    "١٢٣ ½ Ⅷ ² 10km",
    "pizza " * 20_000,
    "x" * 200_000,
]


@pytest.fixture(scope="module")
def version(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> ModelVersion:
    """A small model that was saved, checked and loaded; its folder's name has a space."""
    root = tmp_path_factory.mktemp("models") / "model root"
    return load_version(root, train_version(root, spark, seed=1, text_count=3_000).version)


def test_categories_and_probabilities_are_those_of_mllib(
    spark: SparkSession, version: ModelVersion
) -> None:
    synthetic = [written.text for written in islice(generate_texts(seed=2), 3_000)]
    texts = ODD_TEXTS + synthetic
    rows = spark.createDataFrame([(text,) for text in texts], "text STRING")
    predictions = load_model(version).transform(rows).select("prediction", "probability").collect()
    scorer = Scorer.load(version)
    for text, expected in zip(texts, predictions, strict=True):
        explanation = scorer.explain(text)
        assert explanation.category == version.categories[int(expected.prediction)], text[:200]
        assert list(explanation.probabilities) == list(version.categories)
        assert list(explanation.probabilities.values()) == pytest.approx(
            expected.probability.tolist(), abs=1e-6
        ), text[:200]


def test_every_character_splits_texts_alike_in_sql_and_python(spark: SparkSession) -> None:
    # Java and Python follow different versions of Unicode: only what is in an old one is settled.
    settled = [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if unicodedata.ucd_3_2_0.category(chr(code)) not in ("Cn", "Cs")
    ]
    texts = [
        " ".join(f"a{character}B" for character in settled[start : start + 500])
        for start in range(0, len(settled), 500)
    ]
    rows = spark.createDataFrame([(text,) for text in texts], "text STRING")
    found = SQLTransformer(statement=WORDS_STATEMENT).transform(rows).select("words").collect()
    assert [row.words for row in found] == [split_words(text) for text in texts]
