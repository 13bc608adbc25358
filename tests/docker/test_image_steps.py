"""The steps of our image, run in a clean folder with what the image is built from."""

import os
import shutil
import subprocess
import sys

import pytest
from commands import ROOT

IGNORE = (ROOT / ".dockerignore").read_text().splitlines()


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    home = tmp_path_factory.mktemp("image") / "app"
    home.mkdir()
    for line in IGNORE:
        if line.startswith("!"):
            source, target = ROOT / line[1:], home / line[1:]
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(exist_ok=True)
                shutil.copy(source, target)
    clean = {key: os.environ[key] for key in os.environ if not key.startswith(("PYTHON", "TWEETS"))}
    clean["PYTHON"] = sys.executable
    subprocess.run([home / "docker/build.sh"], env=clean, check=True, capture_output=True)
    yield home, {**clean, "PATH": f"{home}/.venv/bin:{clean['PATH']}", "PYTHONPATH": str(home)}
    shutil.rmtree(home)


def list_files(home):
    return {path for path in home.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.timeout(600)
def test_the_image_has_what_each_command_needs_and_writes_nothing_into_it(image):
    home, environment = image
    before = list_files(home)
    entrypoint = home / "docker/entrypoint.sh"
    commands = [
        ["./spark-submit.sh", "--help"],
        *(
            ["python", "-m", room, "--help"]
            for room in ("producer", "training", "dashboard", "stack")
        ),
        ["python", "-m", "jobs.verify", "--help"],
        [
            "python",
            "-c",
            "import jobs.classify_tweets, training.train, producer.feed, dashboard.views",
        ],
    ]
    for command in commands:
        result = subprocess.run(
            [entrypoint, *command],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, (command, result.stderr)
    assert list_files(home) == before
    assert not (home / ".venv/bin/pytest").exists()
