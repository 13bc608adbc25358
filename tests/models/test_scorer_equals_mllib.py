"""The scorer and the saved MLlib pipeline are the same model, on any text."""

import random
import shutil
import sys
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from pyspark.ml.feature import SQLTransformer
from pyspark.sql import SparkSession

from jobs.classify import classify_tweets
from models.categories import load_categories
from models.classifier import load_model, locate_pipeline
from models.registry import ModelVersion, load_version, read_current
from models.scorer import PortableModel, Scorer
from models.words import WORDS_STATEMENT, split_words
from producer.sources.synthetic import generate_texts

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
    "#PizzaNight2026 #BuenosDíasÑandú #aB#cD ##X #ab1 #1ab #AbC_dE a#FooBar",
    "@Pizza @pizza_hut,@Ñandú #@FooBar @#FooBar@BarFoo @ # @@a ##",
    "ⓐA #ⓐA #ªA #aª #aⅧ #a½b #ǅa #aǅ #İi #iİ",
]


# What links, handles, entities and hashtags are made of, and letters in every form.
PARTS = (
    *("https://", "HTTP://", "at://", "mailto:", "www.", "://", ":/", "@", "#", "&amp;", "&#39;"),
    *(
        "example",
        ".com",
        ".org",
        ".co.uk",
        ".com.br",
        "xn--",
        "node.js",
        "U.S.",
        "3.5",
        "/",
        "?q=1",
    ),
    *(
        "a",
        "B",
        "Ñ",
        "é",
        "PizzaNight",
        "NBATwitter",
        "müller",
        "日本",
        "カ",
        "ﾊﾟ",
        "ё",
        "İ",
        "ı",
        "ß",
    ),
    *("e\u0301", "\u0301", "ｐ", "𝓹", "½", "Ⅷ", "²", "™", "ﬁ", "ﷺ", "…", "...", ".", "-", "_", ":"),
    *(
        " ",
        "\n",
        "\t",
        "\u2028",
        "\xa0",
        "\u200b",
        "\x00",
        "\x1c",
        "\x85",
        "(",
        ")",
        "<",
        ">",
        '"',
        "😂",
    ),
)


@pytest.fixture(scope="module")
def version(model_root: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelVersion:
    """The model as it is trained by default, in a folder whose name has a space."""
    root = tmp_path_factory.mktemp("models") / "model root"
    shutil.copytree(model_root, root)
    current = read_current(root)
    assert current is not None
    return load_version(root, current)


def test_categories_and_probabilities_are_those_of_mllib(
    spark: SparkSession, version: ModelVersion
) -> None:
    synthetic = [text.text for text in islice(generate_texts(2, load_categories()), 10_000)]
    texts = ODD_TEXTS + synthetic
    rows = spark.createDataFrame([(text,) for text in texts], "text STRING")
    classified = classify_tweets(
        rows,
        load_model(locate_pipeline(version.folder)),
        version.categories,
        PortableModel.load(version.folder).threshold,
        version.version,
    )
    probabilities = (
        load_model(locate_pipeline(version.folder)).transform(rows).select("probability").collect()
    )
    scorer = Scorer.load(version)
    for text, row, expected in zip(texts, classified.collect(), probabilities, strict=True):
        explanation = scorer.explain(text)
        assert explanation.category == row.category, text[:200]
        assert explanation.confidence == pytest.approx(row.confidence, abs=1e-6), text[:200]
        assert list(explanation.probabilities) == list(version.categories)
        assert list(explanation.probabilities.values()) == pytest.approx(
            expected.probability.tolist(), abs=1e-6
        ), text[:200]


def split_in_spark(spark: SparkSession, texts: list[str]) -> list[list[str]]:
    rows = spark.createDataFrame([(text,) for text in texts], "text STRING")
    found = SQLTransformer(statement=WORDS_STATEMENT).transform(rows).select("words").collect()
    # Empty words are in no vocabulary.
    return [[word for word in row.words if word] for row in found]


def test_every_character_splits_texts_alike_in_sql_and_python(spark: SparkSession) -> None:
    # Java and Python follow different versions of Unicode: only what is in an old one is settled.
    # Of the tens of thousands that are one like the other, a sample will do.
    settled = [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if unicodedata.ucd_3_2_0.category(chr(code)) not in ("Cn", "Co", "Cs")
        and (not 0x3400 <= code < 0xD800 or code % 16 == 0)
    ]
    texts = [
        " ".join(form.replace("?", character) for character in settled[start : start + 500])
        for start in range(0, len(settled), 500)
        for form in ("a?B #a?b?", "@a?b.co?m/x ?.aa/b", "https://x?y w.com? e?a")
    ]
    assert split_in_spark(spark, texts) == [split_words(text) for text in texts]


def test_links_handles_and_odd_letters_split_texts_alike(spark: SparkSession) -> None:
    rng = random.Random(1)
    texts = ["".join(rng.choices(PARTS, k=rng.randint(1, 14))) for _ in range(10_000)]
    # None of them may take longer than its length.
    texts += [part * 40_000 for part in ("a.", "a-", "@a", "é.", "#aB", "www.", "a@b.c/", "x")]
    assert split_in_spark(spark, texts) == [split_words(text) for text in texts]
