"""Gives posts the names of their authors, a few posts at a time, in the order they came."""

from collections.abc import Callable, Iterator
from datetime import datetime

from producer.sources.jetstream.events import Post, Wanted, compose_received, read_time
from producer.sources.jetstream.profiles import MOST_AT_ONCE, Profiles
from producer.sources.live import Received
from producer.timer import Timer

_LONGEST_WAIT = 0.5
# Posts that are this late are being caught up with, faster than names can be asked for.
_LATE_SECONDS = 60.0


def name_authors(
    events: Iterator[Wanted | None],
    profiles: Profiles,
    timer: Timer,
    clock: Callable[[], datetime],
) -> Iterator[Received]:
    """Hand on events as messages; `None` says that there is nothing more for the moment.

    What comes behind a post whose author is not known waits with it, half a second at most.
    """
    waiting: list[Wanted] = []
    unknown: dict[str, None] = {}
    waiting_since = timer.now()
    for event in events:
        if event:
            if not waiting:
                waiting_since = timer.now()
            waiting.append(event)
            if isinstance(event, Post) and _is_worth_a_name(event, profiles, clock):
                unknown[event.author_id] = None
            is_small = len(unknown) < MOST_AT_ONCE
            if unknown and is_small and timer.now() - waiting_since < _LONGEST_WAIT:
                continue
        profiles.look_up(unknown)
        for each in waiting:
            profile = profiles.get(each.author_id) if isinstance(each, Post) else None
            yield compose_received(each, profile)
        waiting.clear()
        unknown.clear()


def _is_worth_a_name(post: Post, profiles: Profiles, clock: Callable[[], datetime]) -> bool:
    lateness = (clock() - read_time(post.time_us)).total_seconds()
    return lateness < _LATE_SECONDS and profiles.is_worth_asking(post.author_id)
