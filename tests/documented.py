"""The commands that the documents tell readers to type."""

import re
import shlex
from pathlib import Path


def find_commands(document: Path, start: str) -> list[list[str]]:
    """Find the commands that begin like this pattern, and split their arguments."""
    text = document.read_text().replace("\\\n", "")
    arguments = re.findall(rf"{start}( (?!--help)[^`#|\n]+?)(?= *(?:[`#|\n]|$))", text)
    return [shlex.split(command) for command in arguments if "…" not in command]
