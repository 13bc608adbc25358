"""The compose file as an engine would see it: merged, with the variables' defaults put in."""

import re
from typing import Any

import yaml
from commands import ROOT

DOCKER = ROOT / "docker"
FILE = DOCKER / "compose.yaml"
_VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")


def read_compose() -> dict[str, Any]:
    text = _VARIABLE.sub(lambda match: match[1], FILE.read_text())
    compose: dict[str, Any] = yaml.safe_load(text)
    return compose


def read_services() -> dict[str, Any]:
    services: dict[str, Any] = read_compose()["services"]
    return services
