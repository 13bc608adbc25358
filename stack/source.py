"""What the demo's source means to the producer."""

from pathlib import Path

from stack.errors import StackError

LIVE_SOURCES = ("jetstream", "x")
TWEETS_PER_SECOND = 20


def choose_source(source: str) -> list[str]:
    """Choose the producer's options for a source, or for a file or folder that holds tweets."""
    if source == "synthetic":
        return ["--source", source, "--rate", str(TWEETS_PER_SECOND)]
    if source in LIVE_SOURCES:
        return ["--source", source]
    if "://" in source or (source and Path(source).exists()):
        return ["--source", "replay", source, "--now"]
    raise StackError(
        f"The source {source!r} is no file: name one, or synthetic, {', '.join(LIVE_SOURCES)}."
    )
