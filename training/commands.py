"""What each command of `python -m training` does and prints."""

from argparse import Namespace
from pathlib import Path

from models.categories import ENGLISH, load_categories
from models.registry import (
    ModelVersion,
    RegistryError,
    list_versions,
    load_version,
    promote,
    read_current,
    refuse,
    rollback,
)
from models.scorer import Scorer
from settings import Settings
from training.compare import compare_scorers, format_comparison
from training.evaluation import Evaluation
from training.judging import SYNTHETIC, evaluate_version, promote_if_not_worse, read_categories
from training.session import start_spark
from training.tables import format_evaluation
from training.texts import read_texts
from training.train import Recipe, train_version


def train(settings: Settings, arguments: Namespace) -> None:
    """Train a version; promote it if asked to, or if none is live."""
    root = settings.model_root
    categories = load_categories(settings.categories or ENGLISH)
    if arguments.texts:
        read_texts(arguments.texts, categories.names)  # Whatever is wrong with them is said now.
    recipe = Recipe(categories, arguments.seed, arguments.text_count)
    with start_spark() as wait_for_spark:
        trained = train_version(root, wait_for_spark, recipe)
    for name, scores in trained.card["scores"].items():
        print(f"accuracy {scores['accuracy']['value']:.3f} on {name}{_warn(name)}")
    print(f"the report: {trained.folder / 'report.html'}")
    if arguments.promote or read_current(root) is None:
        _promote(root, trained.version, arguments)


def evaluate(settings: Settings, arguments: Namespace) -> None:
    """Judge a version by a file of texts, or by those that come with the project."""
    version = _load(settings.model_root, arguments.version)
    for name, evaluation in evaluate_version(version, arguments.texts).items():
        _print_evaluation(name, evaluation)


def list_all(settings: Settings, _: Namespace) -> None:
    """List the versions; what is wrong with one is said beside it."""
    root = settings.model_root
    current = read_current(root)
    versions = list_versions(root)
    for version in versions:
        live = "  live" if version == current else ""
        try:
            name, accuracy = next(iter(_read_accuracies(load_version(root, version)).items()))
            print(f"{version}{live}  accuracy {accuracy:.3f} on {name}")
        except RegistryError as error:
            print(f"{version}{live}  {error}")
    if not versions:
        print(f"There are no versions in {root}; run `python -m training train`.")


def show(settings: Settings, arguments: Namespace) -> None:
    """Show what a version was made from, how good it is, and where its report lies."""
    version = _load(settings.model_root, arguments.version)
    accuracies = _read_accuracies(version)
    try:
        card = version.card
        print(f"{version.version}, trained {card['created_at']} with seed {card['seed']}")
        for name, keywords in card["keywords"].items():
            print(f"  {name}: {', '.join(keywords)} ({card['training_texts'][name]:,} texts)")
        print(f"made with {', '.join(f'{name} {used}' for name, used in card['packages'].items())}")
    except (KeyError, AttributeError, TypeError) as error:
        raise refuse(version.folder, f"its card is incomplete ({error!r})") from None
    for name, accuracy in accuracies.items():
        print(f"accuracy {accuracy:.3f} on {name}{_warn(name)}")
    print(f"the report: {version.folder / 'report.html'}")


def promote_version(settings: Settings, arguments: Namespace) -> None:
    """Make a version live, if it is not worse than the live one."""
    _promote(settings.model_root, arguments.version, arguments)


def roll_back(settings: Settings, _: Namespace) -> None:
    """Make the version that was live before this one live again."""
    print(f"{rollback(settings.model_root)} is live again")


def compare(settings: Settings, arguments: Namespace) -> None:
    """Show where two versions differ, and the words that decided."""
    first, second = (_load(settings.model_root, name) for name in (arguments.a, arguments.b))
    if set(first.categories) != set(second.categories):
        raise RegistryError(
            f"{first.version} and {second.version} have other categories, so no text is fit to "
            "compare them; name two versions for the same ones."
        )
    texts = read_texts(arguments.texts, read_categories(first).names)
    comparison = compare_scorers(Scorer.load(first), Scorer.load(second), texts)
    print(format_comparison(comparison, first.version, second.version))


def _read_accuracies(version: ModelVersion) -> dict[str, float]:
    try:
        scores = version.card["scores"]
        accuracies = {name: float(part["accuracy"]["value"]) for name, part in scores.items()}
    except (KeyError, AttributeError, TypeError, ValueError):
        accuracies = {}
    if not accuracies:
        raise refuse(version.folder, "its card holds no scores")
    return accuracies


def _load(root: Path, version: str | None) -> ModelVersion:
    name = version or read_current(root)
    if name is None:
        raise RegistryError(f"No version is live in {root}; run `python -m training train`.")
    return load_version(root, name)


def _promote(root: Path, version: str, arguments: Namespace) -> None:
    if arguments.force:
        promote(root, version)
        print(f"{version} is live.")
    else:
        print(promote_if_not_worse(root, version, arguments.texts))


def _print_evaluation(name: str, evaluation: Evaluation) -> None:
    title = f"{name}{_warn(name)}"
    print(f"{title}\n{'-' * len(title)}\n{format_evaluation(evaluation)}\n")


def _warn(name: str) -> str:
    return " (a smoke test: written by rules, as those of the training)" * (name == SYNTHETIC)
