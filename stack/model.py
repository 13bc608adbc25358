"""Whether the live model is one for the categories in use."""

import json
import tomllib
from pathlib import Path

from settings import Settings

_ENGLISH = Path(__file__).parents[1] / "models/categories/en.toml"


def is_model_live(settings: Settings) -> bool:
    """Tell whether a version is live that was trained for the categories file in use.

    What is wrong with that file or with the version is left to those who use them to say.
    """
    try:
        live = (settings.model_root / "current").read_text().split()[0]
        card = json.loads((settings.model_root / live / "card.json").read_bytes())
        wanted = tomllib.loads((settings.categories or _ENGLISH).read_text(encoding="utf-8"))
        return bool(card["keywords"] == wanted["keywords"])
    except (OSError, ValueError, LookupError, TypeError):
        return False
