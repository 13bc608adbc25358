"""Opens the source that the options name: whatever it is, what comes out are messages."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime

from access.hdfs.access import HdfsAccess
from access.kafka.access import KafkaAccess
from models.categories import Categories
from producer.live import LiveReader
from producer.message import Message, carry_tweet
from producer.pace import Pacer, pace_items
from producer.publish import Publisher
from producer.sources.jetstream.source import JetstreamSource
from producer.sources.live import LiveSource
from producer.sources.replay import Manner, replay_messages
from producer.sources.synthetic import generate_tweets
from producer.sources.x.source import XSource
from producer.sources.x.token import read_token
from producer.sources.x.usage import Budget
from producer.spool.delivered import settle_delivered
from producer.spool.spool import Spool
from producer.timer import Timer
from settings import Settings

Say = Callable[[str], None]

# A source that is ready to be read: it gives its messages, which come until it ends or the timer is
# stopped. It raises `SourceError` or `SpoolError`, on leaving as well, if it could not go on.
Feed = Callable[[Publisher, Timer], AbstractContextManager[Iterator[Message]]]


def prepare_feed(
    options: argparse.Namespace,
    settings: Settings,
    access: KafkaAccess,
    categories: Categories,
    say: Say,
) -> Feed:
    """Make the source that the options name; `SourceError` if something of it is missing."""
    match options.source:
        case "x" | "jetstream":
            build = _build_x if options.source == "x" else _build_jetstream
            timer = Timer()
            source = build(options, settings, timer, say)
            return _prepare_live(
                options.source,
                lambda spool: LiveReader(source, spool, timer, say, options.count),
                settings,
                access,
                say,
            )
        case "replay":
            manner = Manner(options.speed, options.loop, options.now)
            return _prepare_paced(
                lambda pacer: replay_messages(
                    options.files, manner, pacer, read_clock, HdfsAccess.read(settings)
                )
            )
        case _:
            tweets = generate_tweets(options.seed, read_clock, categories)
            return _prepare_paced(
                lambda pacer: map(carry_tweet, pace_items(tweets, options.rate, pacer))
            )


def read_clock() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


def _prepare_paced(read: Callable[[Pacer], Iterator[Message]]) -> Feed:
    """Ask for each message when it is due."""
    return lambda publisher, timer: nullcontext(read(Pacer(timer, publisher.wait)))


def _prepare_live(
    name: str,
    read_into: Callable[[Spool], LiveReader],
    settings: Settings,
    access: KafkaAccess,
    say: Say,
) -> Feed:
    """Put a spool on disk between a source and Kafka; what earlier runs left in it comes first."""

    @contextmanager
    def open_live(publisher: Publisher, timer: Timer) -> Iterator[Iterator[Message]]:
        folder = settings.local_dir / "spool" / settings.topic / name
        spool = Spool(folder, settings.spool_megabytes << 20, say)
        reader = read_into(spool)
        try:
            settle_delivered(spool, access, settings.topic, timer, say)
            if not timer.stopped:
                reader.start()
            yield spool.read(timer, publisher.wait)
        finally:
            reader.stop()
            spool.save()
            spool.close()
        if reader.failure:
            raise reader.failure

    return open_live


def _build_x(options: argparse.Namespace, settings: Settings, timer: Timer, say: Say) -> LiveSource:
    return XSource(
        settings.x_api_url,
        read_token(settings.x_bearer_token, settings.x_bearer_token_file),
        Budget(
            settings.x_post_price,
            settings.x_user_price,
            options.max_posts_per_day,
            options.max_cost_per_day,
        ),
        settings.local_dir / "x-usage.json",
        timer,
        read_clock,
        say,
    )


def _build_jetstream(
    options: argparse.Namespace, settings: Settings, timer: Timer, say: Say
) -> LiveSource:
    urls = options.url or [url.strip() for url in settings.jetstream_urls.split(",")]
    return JetstreamSource(
        urls, settings.bluesky_api_url, options.lang, options.sample, timer, read_clock, say
    )
