"""How a text becomes words: one rule, as SQL for Spark and as Python for everyone else."""

import re

# Words are runs of letters and digits, as the labelling rule sees them. Lower-casing asks the JVM's
# locale, and a Turkish one turns I into a dotless i: the collation stands for no country's rules.
# Measured: `translate` to spaces and a `split` at them costs as much, and misses emoji.
WORDS_STATEMENT = (
    "SELECT *, array_remove(split(lower(text COLLATE UNICODE) COLLATE UTF8_BINARY,"
    r" '[^\\p{L}\\p{N}]+'), '') AS words FROM __THIS__"
)

_WORD = re.compile(r"[^\W_]+")


def split_words(text: str) -> list[str]:
    """Split a text into the words that `WORDS_STATEMENT` finds in it, in their order."""
    return _WORD.findall(text.lower())
