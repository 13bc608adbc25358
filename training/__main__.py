"""Train, evaluate, promote and roll back the model: `python -m training --help`."""

import argparse
import sys
from pathlib import Path

from models.registry import (
    RegistryError,
    list_versions,
    load_version,
    promote,
    read_current,
    rollback,
)
from settings import SettingsError, load_settings
from training.corpus import CorpusError
from training.evaluate import evaluate_version, format_scores
from training.train import TrainingError, open_session, show_step, train_version


def main() -> int:
    """Run one command; the result is the exit code."""
    arguments = _build_parser().parse_args()
    try:
        root = load_settings().model_root
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        arguments.run(root, arguments)
    except (CorpusError, RegistryError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"The model root {root} cannot be used ({error}); set TWEETS_MODEL_ROOT or free it.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(required=True)

    train = commands.add_parser("train", help="train a new version on synthetic texts")
    train.add_argument("--promote", action="store_true", help="make it live (the first one is)")
    train.add_argument("--seed", type=int, default=1, help="of the texts (default: %(default)s)")
    train.add_argument(
        "--texts",
        type=_parse_count,
        default=20_000,
        help="how many to write (default: %(default)s)",
    )
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="test a version on the templates it never saw")
    evaluate.add_argument("--version", help="which one (default: the live one)")
    evaluate.set_defaults(run=_evaluate)

    commands.add_parser("list", help="list the versions").set_defaults(run=_list)

    promote_parser = commands.add_parser("promote", help="make a version live")
    promote_parser.add_argument("version")
    promote_parser.set_defaults(run=_promote)

    commands.add_parser("rollback", help="make the live version before this one live").set_defaults(
        run=_rollback
    )
    return parser


def _parse_count(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise argparse.ArgumentTypeError(f"{value!r} is no number of texts, such as 20000")
    return int(value)


def _train(root: Path, arguments: argparse.Namespace) -> None:
    with show_step("starting Spark"):
        spark = open_session()
    try:
        trained = train_version(root, spark, arguments.seed, arguments.texts)
    finally:
        spark.stop()
    scores = trained.card["scores"]
    print(f"accuracy {scores['accuracy']:.3f}, mean F1 {scores['macro_f1']:.3f}")
    if arguments.promote or read_current(root) is None:
        promote(root, trained.version)
        print(f"{trained.version} is live")


def _evaluate(root: Path, arguments: argparse.Namespace) -> None:
    version = arguments.version or read_current(root)
    if version is None:
        raise RegistryError(f"No version is live in {root}; run `python -m training train`.")
    print(format_scores(evaluate_version(load_version(root, version))))


def _list(root: Path, _: argparse.Namespace) -> None:
    current = read_current(root)
    versions = list_versions(root)
    for version in versions:
        live = "  live" if version == current else ""
        try:
            card = load_version(root, version).card
        except RegistryError as error:
            print(f"{version}{live}  {error}")
        else:
            print(f"{version}{live}  accuracy {card['scores']['accuracy']:.3f}")
    if not versions:
        print(f"There are no versions in {root}; run `python -m training train`.")


def _promote(root: Path, arguments: argparse.Namespace) -> None:
    promote(root, arguments.version)
    print(f"{arguments.version} is live")


def _rollback(root: Path, _: argparse.Namespace) -> None:
    print(f"{rollback(root)} is live again")


if __name__ == "__main__":
    sys.exit(main())
