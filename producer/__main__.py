"""`python -m producer`: deliver tweets from a source to the topic."""

import argparse
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import NoReturn

from models.categories import ENGLISH, Categories, CategoriesError, load_categories
from producer.connection import close_producer, open_producer
from producer.message import carry_tweet
from producer.pace import Pacer, pace_items
from producer.progress import ProgressLine
from producer.publish import Limits, Publisher, PublishError
from producer.sources import SOURCES
from producer.timer import SignalTimer
from settings import Settings, SettingsError, load_settings

MAX_RATE = 5000.0


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is a sentence and nothing else."""

    def error(self, message: str) -> NoReturn:
        """End with the complaint."""
        self.exit(2, f"{message}; see `python -m producer --help`.\n")


def main(arguments: list[str] | None = None) -> int:
    """Produce until the count is reached or somebody stops it; 0 if nothing failed."""
    options = _build_parser().parse_args(arguments)
    try:
        settings = load_settings()
        return _produce(options, settings, load_categories(settings.categories or ENGLISH))
    except (SettingsError, CategoriesError) as error:
        print(error, file=sys.stderr)
        return 2


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m producer",
        description="Deliver tweets from a source to the Kafka topic, until stopped by Ctrl-C.",
        epilog="The brokers, the topic and how long to wait for them come from "
        "TWEETS_BOOTSTRAP_SERVERS, TWEETS_TOPIC and TWEETS_GIVE_UP_SECONDS, the categories that "
        "synthetic tweets are about from TWEETS_CATEGORIES. "
        "The last line is `delivered N, failed M`; the exit code is 0 only if M is 0.",
    )
    parser.add_argument(
        "--source", choices=SOURCES, default="synthetic", help="where the tweets come from"
    )
    parser.add_argument(
        "--rate",
        type=_parse_rate,
        default=0.5,
        metavar="R",
        help=f"tweets per second, up to {MAX_RATE:g} (default: 0.5, one every two seconds)",
    )
    parser.add_argument(
        "--count", type=_parse_count, metavar="N", help="stop after N tweets (default: never)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="S", help="make the same tweets again (default: new ones)"
    )
    return parser


def _parse_rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= MAX_RATE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to {MAX_RATE:g}")
    return rate


def _parse_count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _produce(options: argparse.Namespace, settings: Settings, categories: Categories) -> int:
    timer = SignalTimer()
    progress_line = ProgressLine(sys.stdout, timer)
    try:
        producer = open_producer(
            settings.bootstrap_servers, settings.topic, timer, settings.give_up_seconds, _complain
        )
    except PublishError as error:
        _complain(error)
        return 1
    if producer is None:
        progress_line.show_result(0, 0)
        return 0
    limits = Limits(settings.give_up_seconds)
    publisher = Publisher(producer, settings.topic, timer, limits, progress_line.show_progress)
    tweets = SOURCES[options.source](options.seed, lambda: datetime.now(UTC), categories)
    paced = pace_items(tweets, options.rate, Pacer(timer, publisher.wait))
    try:
        publisher.publish(map(carry_tweet, islice(paced, options.count)))
    except PublishError as error:
        _complain(error)
    if publisher.last_error:
        _complain(f"Kafka refused some tweets, the last of them with {publisher.last_error}.")
    close_producer(producer)
    progress = publisher.measure_progress()
    failed = progress.failed + progress.in_flight
    progress_line.show_result(progress.delivered, failed)
    return 1 if failed else 0


def _complain(message: object) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
