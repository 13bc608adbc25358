"""Where tweets come from: each source is an iterator of tweets, and has its name here."""

from collections.abc import Callable, Iterator
from datetime import datetime

from models.categories import Categories
from models.tweet import Tweet
from producer.sources import synthetic

# A source gets the seed (or None), a clock, and the categories that the pipeline knows.
Source = Callable[[int | None, Callable[[], datetime], Categories], Iterator[Tweet]]

SOURCES: dict[str, Source] = {synthetic.SOURCE: synthetic.generate_tweets}
