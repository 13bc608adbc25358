"""`python -m producer`: deliver tweets from a source to the topic."""

import argparse
import sys
from itertools import islice

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.producer import close_producer
from models.categories import ENGLISH, Categories, CategoriesError, load_categories
from producer.connection import await_producer
from producer.feed import prepare_feed
from producer.options import parse_options
from producer.progress import ProgressLine
from producer.publish import Limits, Publisher, PublishError
from producer.sources.live import SourceError
from producer.sources.x import rules_command
from producer.spool.spool import SpoolError
from producer.timer import Timer
from settings import Settings, SettingsError, load_settings


def main(arguments: list[str] | None = None) -> int:
    """Produce until the source ends or somebody stops it; 0 if nothing failed."""
    arguments = sys.argv[1:] if arguments is None else arguments
    is_about_rules = arguments[:1] == ["rules"]
    options = None if is_about_rules else parse_options(arguments)
    try:
        settings = load_settings()
        categories = load_categories(settings.categories or ENGLISH)
        if options is None:
            return rules_command.main(arguments[1:], settings, categories)
        return _produce(options, settings, categories)
    except (SettingsError, CategoriesError) as error:
        print(error, file=sys.stderr)
        return 2


def _produce(options: argparse.Namespace, settings: Settings, categories: Categories) -> int:
    timer = Timer()
    timer.stop_at_signals()
    progress_line = ProgressLine(sys.stdout, timer)

    def complain(message: object) -> None:
        progress_line.clear()
        print(message, file=sys.stderr, flush=True)

    try:
        access = KafkaAccess.read(settings)
        feed = prepare_feed(options, settings, access, categories, complain)
        producer = await_producer(access, settings.topic, timer, settings.give_up_seconds, complain)
    except (KafkaAccessError, PublishError, SourceError) as error:
        complain(error)
        return 1
    if producer is None:
        progress_line.show_result(0, 0)
        return 0
    limits = Limits(settings.give_up_seconds)
    publisher = Publisher(producer, settings.topic, timer, limits, progress_line.show_progress)
    is_whole = True
    try:
        with feed(publisher, timer) as messages:
            publisher.publish(islice(messages, options.count))
    except (KafkaAccessError, PublishError, SourceError, SpoolError) as error:
        complain(error)
        is_whole = False
    if publisher.last_error:
        complain(f"Kafka refused some tweets, the last of them with {publisher.last_error}.")
    close_producer(producer)
    progress = publisher.measure_progress()
    failed = progress.failed + progress.in_flight
    progress_line.show_result(progress.delivered, failed)
    return 0 if is_whole and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
