"""The command line of the producer."""

import argparse
import math
from functools import partial
from typing import NoReturn

MAX_RATE = 5000.0
_DEFAULTS = {"rate": 0.5, "sample": 1.0, "speed": 1.0}

_DESCRIPTION = """\
Deliver tweets from a source to the Kafka topic, until stopped by Ctrl-C.

  python -m producer                                     invented tweets, one every two seconds
  python -m producer --source jetstream --lang en        Bluesky, live; needs no key
  python -m producer --source x --max-cost-per-day 5     X, live; needs a token, and costs money
  python -m producer --source replay tweets.jsonl.gz     a file, in the rhythm of its tweets
  python -m producer rules show                          what the stream of X is asked for"""

_EPILOG = """\
The brokers, the topic and how long to wait for them come from TWEETS_BOOTSTRAP_SERVERS,
TWEETS_TOPIC and TWEETS_GIVE_UP_SECONDS, the categories that synthetic tweets are about from
TWEETS_CATEGORIES. docs/sources.md tells how to get a token of X, and what it costs.
What a live source sends waits below TWEETS_LOCAL_DIR until Kafka has it.
The last line is `delivered N, failed M`; the exit code is 0 only if M is 0 and the source did not
have to give up."""


class SentenceParser(argparse.ArgumentParser):
    """A parser whose complaint is a sentence and nothing else."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        layout = argparse.RawDescriptionHelpFormatter
        super().__init__(prog, None, description, epilog, formatter_class=layout)

    def error(self, message: str) -> NoReturn:
        """End with the complaint."""
        self.exit(2, f"{message}; see `{self.prog} --help`.\n")


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    """Parse the command line; an option that its source does not know ends with a sentence."""
    parser = SentenceParser(prog="python -m producer", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "--source", choices=_ADD_OPTIONS, default="synthetic", help="where the tweets come from"
    )
    parser.add_argument(
        "--count", type=parse_count, metavar="N", help="stop after N messages (default: never)"
    )
    owned = {source: add(parser) for source, add in _ADD_OPTIONS.items()}
    options = parser.parse_args(arguments)
    for source, actions in owned.items():
        for action in actions:
            value = getattr(options, action.dest)
            is_given = value not in (None, []) and value is not False
            if is_given and source != options.source:
                name = action.option_strings[0] if action.option_strings else action.metavar
                parser.error(f"{name} belongs to --source {source}, not to {options.source}")
    if options.source == "replay":
        _check_files(parser, options)
    # Not known to the parser, so that one that is given can be told from one that is not.
    for name, default in _DEFAULTS.items():
        if getattr(options, name) is None:
            setattr(options, name, default)
    return options


def _add_synthetic(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("--source synthetic: invented people, invented texts")
    return [
        group.add_argument(
            "--rate",
            type=partial(
                _parse_number, wanted=f"a number above 0 and up to {MAX_RATE:g}", most=MAX_RATE
            ),
            metavar="R",
            help=f"tweets per second, up to {MAX_RATE:g} (default: 0.5, one every two seconds)",
        ),
        group.add_argument(
            "--seed", type=int, metavar="S", help="make the same tweets again (default: new ones)"
        ),
    ]


def _add_x(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group(
        "--source x: posts on X that match the rules of the account, live",
        "The token comes from TWEETS_X_BEARER_TOKEN or from the file TWEETS_X_BEARER_TOKEN_FILE.\n"
        "The limits count what was read since midnight UTC, by earlier runs as well.",
    )
    return [
        group.add_argument(
            "--max-posts-per-day",
            type=parse_count,
            metavar="N",
            help="stop when N posts were read today (default: no limit)",
        ),
        group.add_argument(
            "--max-cost-per-day",
            type=partial(_parse_number, wanted="a number of dollars above 0"),
            metavar="DOLLARS",
            help="stop before today's reading costs more than this, at the prices "
            "TWEETS_X_POST_PRICE and TWEETS_X_USER_PRICE (default: no limit)",
        ),
    ]


def _add_jetstream(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group(
        "--source jetstream: posts on Bluesky, live; goes on where it stopped, up to 36 hours back"
    )
    return [
        group.add_argument(
            "--lang", metavar="LANG", help="only posts in this language, such as en (default: all)"
        ),
        group.add_argument(
            "--sample",
            type=partial(_parse_number, wanted="a share above 0 and up to 1", most=1.0),
            metavar="SHARE",
            help="only this share of the posts, such as 0.1, always the same ones (default: 1)",
        ),
        group.add_argument(
            "--url",
            action="extend",
            nargs="+",
            metavar="URL",
            help="servers to try in turn (default: TWEETS_JETSTREAM_URLS)",
        ),
    ]


def _add_replay(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("--source replay: tweets from files, in their own rhythm")
    return [
        group.add_argument(
            "files",
            nargs="*",
            default=[],
            metavar="FILE",
            help="JSON Lines (plain, .gz, .zst), a folder of stored tweets (local or hdfs://…), "
            "or - for standard input",
        ),
        group.add_argument(
            "--speed",
            type=_parse_speed,
            metavar="1|10|max",
            help="how many times faster than they were created (default: 1)",
        ),
        group.add_argument(
            "--loop",
            action="store_true",
            help="start again at the end; from the second time on, ids get its number: 123-2",
        ),
        group.add_argument(
            "--now",
            action="store_true",
            help="set created_at to when it is sent; the job rejects what is older than 30 days",
        ),
    ]


def _check_files(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if not options.files:
        parser.error("--source replay needs the FILE to read, or - for standard input")
    if "-" in options.files and (options.loop or options.files.count("-") > 1):
        parser.error("standard input, -, cannot be read a second time")


def parse_count(text: str, wanted: str = "a whole number above 0", most: float = math.inf) -> int:
    """Read a whole number above 0; what is none, or too large, is said not to be what is wanted."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return int(text)


def _parse_speed(text: str) -> float:
    return math.inf if text == "max" else _parse_number(text, "a number above 0, or max")


def _parse_number(text: str, wanted: str, most: float = 1e9) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return number


_ADD_OPTIONS = {
    "synthetic": _add_synthetic,
    "x": _add_x,
    "jetstream": _add_jetstream,
    "replay": _add_replay,
}
