"""What docker/k8s holds, read for tests."""

from typing import Any

import yaml
from commands import ROOT

FOLDER = ROOT / "docker" / "k8s"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())

Object = dict[str, Any]


def read_file(name: str) -> list[Object]:
    """Read the objects of a file."""
    return list(yaml.safe_load_all((FOLDER / name).read_text()))


def read_all() -> list[Object]:
    """Read the objects of every file, templates and examples too."""
    return [thing for path in FILES for thing in read_file(path.name)]


def find(kind: str, name: str) -> Object:
    """Find an object."""
    [found] = [t for t in read_all() if (t["kind"], t["metadata"].get("name")) == (kind, name)]
    return found


def list_pods() -> dict[str, Object]:
    """List what is a pod or makes pods, by file and kind, as templates of pods."""
    pods = {}
    for path in FILES:
        for thing in read_file(path.name):
            spec = thing.get("spec", {})
            spec = spec.get("jobTemplate", {"spec": spec})["spec"]
            if thing["kind"] == "Pod":
                pods[path.stem] = thing
            elif "template" in spec:
                pods[f"{path.stem} {thing['kind']}"] = spec["template"]
    return pods
