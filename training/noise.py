"""What networks put around a text and is no part of what it says: links and handles."""

import random
from collections.abc import Iterable
from dataclasses import replace

from training.texts import LabelledText

_LINK_SHARE, _HANDLE_SHARE = 0.25, 0.10

_LINKS = (
    "https://t.co/{code}",
    "www.nytimes.com/2026/03/{number}/sport...",
    "theguardian.com/music/2026/...",
    "youtube.com/watch?v={code}",
    "youtu.be/{code}",
    "https://www.instagram.com/p/{code}/",
    "bbc.co.uk/news/health-{number}",
    "elpais.com/deportes/2026-0...",
    "reddit.com/r/movies/comm...",
    "pic.twitter.com/{code}",
    "open.spotify.com/track/{code}",
    "(techcrunch.com/2026/02/{number}/)",
    "hotels.example.com:8080/book?id={number}#food",
    "bücher.example/wein-und-bier",
)
_HANDLES = (
    "@nytimes.com",
    "@pizza_{number}",
    "@film.bsky.social",
    "@church-music.example.org",
    "@the_doctor",
    "@FootballDaily",
    "@travel@mastodon.social",
)
_CODE_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def add_noise(texts: Iterable[LabelledText], seed: int) -> list[LabelledText]:
    """Put a link behind some of the texts and a handle before or behind some, as people do.

    The same seed gives the same texts.
    """
    rng = random.Random(f"noise {seed}")
    return [replace(text, text=_add_noise(text.text, rng)) for text in texts]


def _add_noise(text: str, rng: random.Random) -> str:
    if rng.random() < _HANDLE_SHARE:
        handle = _fill(rng.choice(_HANDLES), rng)
        text = rng.choice((f"{handle} {text}", f"{text} {handle}"))
    if rng.random() < _LINK_SHARE:
        text = f"{text} {_fill(rng.choice(_LINKS), rng)}"
    return text


def _fill(pattern: str, rng: random.Random) -> str:
    code = "".join(rng.choices(_CODE_LETTERS, k=10))
    return pattern.format(code=code, number=rng.randrange(10, 10_000))
