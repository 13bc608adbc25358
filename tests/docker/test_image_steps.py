"""The steps of our image, run in a clean folder with what the image is built from.

What they made is used as in a container: under the Dockerfile's environment, and without a right
to write anything into it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import ROOT, find_free_port, wait_until
from compose_file import DOCKER, read_services
from leftovers import MARK
from made_once import forget, make_once

from stack.java import find_java

pytestmark = [pytest.mark.timeout(600), pytest.mark.broad]
# Even root may write only what it has a right to, once it has lost its capabilities.
UNPRIVILEGED = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []


@dataclass(frozen=True)
class Image:
    """What the steps made, and the environment of its containers."""

    home: Path
    environment: dict[str, str]

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*UNPRIVILEGED, self.home / "docker/entrypoint.sh", *command],
            cwd=self.home,
            env={**self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, **settings: str) -> str:
        process = self.start(*command, **settings)
        said, _ = process.communicate()
        assert process.returncode == 0, (command, said)
        return said


def list_context() -> list[str]:
    """List what .dockerignore lets through."""
    return re.findall("^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)


def list_needed_by_build() -> list[str]:
    """List what the Dockerfile has copied when it runs the steps."""
    dockerfile = (DOCKER / "Dockerfile").read_text().partition("RUN docker/build.sh")[0]
    copied = re.findall(r"^COPY (.*) \S+$", dockerfile, re.MULTILINE)
    return [name for names in copied for name in names.split()]


def copy_into(target: Path, names: list[str]) -> None:
    for name in names:
        source, copy = ROOT / name, target / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy, ignore=ignored, dirs_exist_ok=True)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)


def read_environment(root: Path) -> dict[str, str]:
    """Read the image's environment from the Dockerfile, its folders moved below another root."""
    dockerfile = (DOCKER / "Dockerfile").read_text()
    variables = dict(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=(\S+)", dockerfile, re.MULTILINE))
    moved = {
        name: re.sub(r"^/(?=app|models|var|tmp)", f"{root}/", value)
        for name, value in variables.items()
    }
    return {
        **moved,
        "PATH": moved["PATH"].replace("$PATH", os.environ["PATH"]),
        "JAVA_HOME": str(find_java()),
        "HOME": moved["TWEETS_LOCAL_DIR"],
        "TMPDIR": str(root / "tmp"),
        MARK: os.environ[MARK],
    }


def make_environment(folder: Path) -> None:
    """Run the steps that make the image's environment, as in a machine that has nothing of ours."""
    copy_into(folder / "app", list_needed_by_build())
    clean = {name: os.environ[name] for name in os.environ if name.startswith(("PATH", "PIP_"))}
    clean |= {"HOME": os.environ["HOME"], "PYTHON": sys.executable, MARK: os.environ[MARK]}
    subprocess.run([folder / "app/docker/build.sh"], env=clean, check=True)


def list_files(home: Path) -> dict[Path, int]:
    """List all files of the image, each with the time of its last change."""
    places = (home, home / ".venv")
    return {path: path.lstat().st_mtime_ns for place in places for path in place.rglob("*")}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    root = tmp_path_factory.mktemp("image")
    home = root / "app"
    copy_into(home, list_context())
    made = make_once("image", ["docker/Dockerfile", *list_needed_by_build()], make_environment)
    (home / ".venv").symlink_to(made / "app/.venv")
    environment = read_environment(root)
    for name in ("TWEETS_MODEL_ROOT", "TWEETS_LOCAL_DIR", "TMPDIR"):
        Path(environment[name]).mkdir(parents=True)
    subprocess.run(["chmod", "-R", "a-w", home], check=True)
    before = list_files(home)
    yield Image(home, environment)
    after = list_files(home)
    subprocess.run(["chmod", "-R", "u+w", home], check=True)
    if after != before:
        forget(made)
    assert after == before


@pytest.mark.parametrize("room", ["producer", "training", "dashboard", "stack", "jobs.verify"])
def test_the_image_has_what_each_room_imports(image, room):
    assert "usage" in image.run("python", "-m", room, "--help")


def test_the_image_has_nothing_for_development(image):
    assert not (image.home / ".venv/bin/pytest").exists()
    assert sorted(path.name for path in (image.home / ".venv/jars").iterdir()) == [".lock", "spark"]


def test_the_doctor_finds_all_that_belongs_to_the_image(image):
    nowhere = f"127.0.0.1:{find_free_port()}"
    doctor = image.start(
        *("python", "-m", "stack", "doctor", "--external"),
        TWEETS_BOOTSTRAP_SERVERS=nowhere,
        TWEETS_WEBHDFS_URL=f"http://{nowhere}",
        TWEETS_DATA_ROOT=f"hdfs://{nowhere}/tweets",
    )
    said, _ = doctor.communicate()
    assert doctor.returncode == 1
    assert re.search("^ok +Java ", said, re.MULTILINE)
    assert re.search("^ok +jars ", said, re.MULTILINE), said
    assert re.search(f"^FAIL +broker {nowhere} ", said, re.MULTILINE)


def test_a_model_is_trained_once_and_the_dashboard_answers_by_it(image):
    train = read_services()["train"]["command"]
    train[-1] = train[-1].replace("/models", image.environment["TWEETS_MODEL_ROOT"])
    train[-1] += " --text-count 500"
    assert "accuracy" in image.run(*train)
    assert image.run(*train) == ""

    port = find_free_port()
    dashboard = image.start(
        *("python", "-m", "dashboard"),
        TWEETS_DASHBOARD_PORT=str(port),
        TWEETS_DATA_ROOT=f"file:{image.home.parent}/none",
    )

    def answers() -> bool:
        assert dashboard.poll() is None, dashboard.stdout and dashboard.stdout.read()
        try:
            return ask("/api/health")["components"]["model"]["status"] == "ok"
        except OSError:
            return False

    def ask(path: str):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return json.load(answer)

    try:
        wait_until(answers, 60)
        assert ask("/api/classify?text=a+pizza+for+dinner")["category"] == "food"
    finally:
        dashboard.terminate()
        dashboard.communicate()
    assert dashboard.returncode == 0


def test_what_it_produces_its_job_stores(image, stack, topic):
    services = {
        "TWEETS_BOOTSTRAP_SERVERS": stack.bootstrap_servers,
        "TWEETS_WEBHDFS_URL": stack.webhdfs_url,
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/{topic}",
        "TWEETS_TOPIC": topic,
        "HADOOP_CONF_DIR": stack.env["HADOOP_CONF_DIR"],
    }
    produced = image.run("python", "-m", "producer", "--rate", "1000", "--count", "50", **services)
    assert "delivered 50, failed 0" in produced
    image.run(*read_services()["job"]["command"], "--available-now", **services)
    image.run("python", "-m", "jobs.verify", "--topic", **services)
