"""What the demo's source means to the producer."""

from pathlib import Path

from stack.errors import StackError

LIVE_SOURCES = ("jetstream", "x")
TWEETS_PER_SECOND = 20
# Whoever only looks at the demo should not pay for more.
DOLLARS_PER_DAY = 1


def choose_source(source: str) -> list[str]:
    """Choose the producer's options for a source, or for a file or folder that holds tweets."""
    if source == "synthetic":
        return ["--source", source, "--rate", str(TWEETS_PER_SECOND)]
    if source == "x":
        return ["--source", source, "--max-cost-per-day", str(DOLLARS_PER_DAY)]
    if source in LIVE_SOURCES:
        return ["--source", source]
    if source.startswith(("file:", "hdfs:")) or (source and Path(source).exists()):
        return ["--source", "replay", source, "--now"]
    raise StackError(
        f"The source {source!r} is no file: name one, or synthetic, {', '.join(LIVE_SOURCES)}."
    )


def is_from_live_source(line: str) -> bool:
    """Say whether a line of the producer is what a live source has to say."""
    return line.partition(": ")[0] in LIVE_SOURCES
