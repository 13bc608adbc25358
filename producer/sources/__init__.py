"""Where tweets come from: each source is an iterator of tweets, and has its name here."""

from collections.abc import Callable, Iterator
from datetime import datetime

from models.tweet import Tweet
from producer.sources import synthetic

# A source gets the seed (or None) and a clock.
Source = Callable[[int | None, Callable[[], datetime]], Iterator[Tweet]]

SOURCES: dict[str, Source] = {synthetic.SOURCE: synthetic.generate_tweets}
