"""What servers say, made fit to be shown to people."""

_LONGEST_QUOTE = 200


def shorten(text: str) -> str:
    """Make one short line of it that cannot play with a terminal, without a full stop."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    joined = " ".join(plain.split()).rstrip(".")
    return joined if len(joined) <= _LONGEST_QUOTE else joined[:_LONGEST_QUOTE] + "…"
