"""The documents say what is so."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from commands import ROOT
from documented import find_commands

from jobs.submission import parse_request
from models import datasets
from producer.options import parse_options
from producer.sources.x.rules_command import parse_options as parse_rules_options
from settings import Settings
from stack.__main__ import build_parser

DOCUMENTS = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    if path.is_file()
]
# Hidden folders hold the environment and what runs have made.
SOURCES = [*ROOT.glob("*.py"), *ROOT.glob("[!.]*/**/*.py")]
FILE_NAME = re.compile(r"`(?:\./)?([\w.-]+(?:/[\w.-]+)+\.\w+|[\w.-]+\.(?:md|py|sh|txt))`")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request) -> Path:
    return request.param


def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)", document.read_text()):
        assert target.startswith("https://") or (document.parent / target).exists(), target


def test_files_that_are_named_exist(document):
    for name in FILE_NAME.findall(document.read_text()):
        assert (ROOT / name).exists(), name


def test_modules_that_are_run_exist(document):
    for module in re.findall(r"python -m ([\w.]+)", document.read_text()):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_commands_of_the_producer_are_understood(document):
    text = document.read_text()
    commands = re.findall(r"python -m producer( (?!--help)[^`#|\n]+?)?(?= *(?:[`#|\n]|$))", text)
    for command in commands:
        arguments = shlex.split(command)
        if arguments[:1] == ["rules"]:
            parse_rules_options(arguments[1:])
        elif not {"NAME", "…"} & set(arguments):
            parse_options(arguments)


def test_commands_that_submit_the_job_are_understood(document):
    for command in find_commands(document, r"spark-submit\.sh"):
        parse_request(command)


def test_commands_of_the_stack_are_understood(document):
    for command in find_commands(document, "python -m stack"):
        build_parser().parse_args(command)


def test_manifests_that_are_named_exist(document):
    for name in re.findall(r"(?<![\w./-])docker/k8s[\w./-]*", document.read_text()):
        assert (ROOT / name).exists(), name


def test_targets_that_are_made_exist(document):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = re.findall(r"(?:`|^)make ([a-z -]+?)\b *(?:`|#|$|\w+=)", document.read_text(), re.M)
    for command in commands:
        assert set(command.split()) <= targets, command


def test_the_readme_is_short():
    assert (ROOT / "README.md").read_text().count("\n") < 200


def test_every_setting_is_documented():
    document = (ROOT / "docs/settings.md").read_text()
    rows = [
        f"| `TWEETS_{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert re.findall(r"^\| `TWEETS_.*$", document, re.MULTILINE) == rows


@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_the_columns_of_a_dataset_are_documented(dataset):
    declared = getattr(datasets, f"{dataset.upper()}_COLUMNS")
    architecture = (ROOT / "docs/architecture.md").read_text()
    (row,) = re.findall(rf"^\| `{dataset}/date=.*?/` \| (.*) \|$", architecture, re.MULTILINE)
    assert re.findall(r"`(\w+)`", row) == re.findall(r"(\w+) [A-Z]+", declared)


def test_files_and_functions_stay_readable():
    assert SOURCES
    for path in SOURCES:
        text = path.read_text()
        assert text.count("\n") <= 250, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 50, f"{path} {node.name}"
