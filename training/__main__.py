"""Train, judge, promote and roll back the model: `python -m training --help`."""

import argparse
import os
import sys
from pathlib import Path

from models.categories import CategoriesError
from models.registry import RegistryError
from settings import SettingsError, load_settings
from training import commands
from training.corpus import CorpusError
from training.judging import NotPromoted
from training.session import TrainingError
from training.texts import TextsError

_ERRORS = (CategoriesError, CorpusError, NotPromoted, RegistryError, TextsError, TrainingError)


def main() -> int:
    """Run one command; the result is the exit code."""
    arguments = _build_parser().parse_args()
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        arguments.run(settings, arguments)
    except _ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still in the buffer has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(
            f"The model root {settings.model_root} cannot be used ({error}); set "
            "TWEETS_MODEL_ROOT or free it.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands_parser = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: object, about: str) -> argparse.ArgumentParser:
        command = commands_parser.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        return command

    train = add("train", commands.train, "train a new version for the categories in use")
    train.add_argument("--promote", action="store_true", help="make it live (the first one is)")
    train.add_argument("--seed", type=int, default=1, help="of the texts (default: %(default)s)")
    train.add_argument(
        "--text-count",
        type=_parse_count,
        default=12_000,
        metavar="N",
        help="synthetic tweets to learn from (default: %(default)s)",
    )
    _add_guard(train)

    evaluate = add("evaluate", commands.evaluate, "judge a version by texts it never saw")
    evaluate.add_argument("--version", help="which one (default: the live one)")
    _add_texts(evaluate, "to judge it by (default: those that come with the project)")

    add("list", commands.list_all, "list the versions")
    add("show", commands.show, "show what a version is and how good").add_argument("version")

    promote = add("promote", commands.promote_version, "make a version live, if it is not worse")
    promote.add_argument("version")
    _add_guard(promote)

    add("rollback", commands.roll_back, "make the live version before this one live again")

    compare = add("compare", commands.compare, "show where two versions differ, and why")
    compare.add_argument("a", metavar="A")
    compare.add_argument("b", metavar="B")
    _add_texts(compare, "to compare them on", required=True)
    return parser


def _add_guard(parser: argparse.ArgumentParser) -> None:
    _add_texts(parser, "to compare it with the live one on (default: as evaluate has them)")
    parser.add_argument("--force", action="store_true", help="promote it even if it is worse")


def _add_texts(parser: argparse.ArgumentParser, purpose: str, required: bool = False) -> None:
    parser.add_argument(
        "--texts",
        type=Path,
        required=required,
        metavar="FILE.jsonl",
        help=f'lines of {{"text": …, "category": …}} {purpose}',
    )


def _parse_count(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise argparse.ArgumentTypeError(f"{value!r} is no number of texts, such as 12000")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
