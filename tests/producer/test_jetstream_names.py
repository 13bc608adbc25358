import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from threading import Event

import pytest
from fake_timer import FakeTimer
from stub_profiles import StubProfiles

from producer.sources.jetstream import profiles
from producer.sources.jetstream.events import Delete, Malformed, Post, Wanted
from producer.sources.jetstream.naming import name_authors
from producer.sources.jetstream.profiles import Profile, ProfileCache, Profiles
from producer.sources.live import Received

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000


@pytest.fixture
def api() -> Iterator[StubProfiles]:
    """An API that knows the first thousand authors."""
    with StubProfiles() as api:
        api.people = {write_did(n): (f"a{n}.example.com", f"Author {n}") for n in range(1000)}
        yield api


def write_did(number: int) -> str:
    return f"did:plc:author{number}"


def make_post(author: int, number: int = 0, seconds_ago: float = 1.0) -> Post:
    did = write_did(author)
    time_us = NOW_US - int(seconds_ago * 1_000_000)
    return Post(f"{did}/{number}", f"create:{did}/{number}", time_us, did, "rain", "…", ("en",))


class Named:
    """Names authors of events with an API, and keeps what was said."""

    def __init__(self, api_url: str, timer: FakeTimer) -> None:
        self.said: list[str] = []
        self.timer = timer
        self.profiles = Profiles(api_url, timer, lambda: NOW, self.said.append)

    def hand_on(self, *events: Wanted | None) -> list[Received]:
        named = name_authors(iter([*events, None]), self.profiles, self.timer, lambda: NOW)
        return list(named)

    def name(self, *authors: int) -> list[str]:
        """Hand on posts of these authors and list their usernames."""
        return [read_user(each)["username"] for each in self.hand_on(*map(make_post, authors))]


@pytest.fixture
def named(api: StubProfiles) -> Named:
    """Events named by that API."""
    return Named(api.url, FakeTimer())


def read_user(received: Received) -> dict[str, str]:
    user: dict[str, str] = json.loads(received.value)["includes"]["users"][0]
    return user


def test_authors_are_asked_for_together_and_named_in_their_order(
    named: Named, api: StubProfiles
) -> None:
    authors = [3, 1, 2, 1, 3, 4]
    users = [read_user(each) for each in named.hand_on(*map(make_post, authors))]
    assert users == [
        {"id": write_did(n), "name": f"Author {n}", "username": f"a{n}.example.com"}
        for n in authors
    ]
    assert api.requests == [[write_did(n) for n in (3, 1, 2, 4)]]


def test_what_comes_behind_an_unknown_author_waits_as_well(named: Named) -> None:
    events = [
        make_post(1),
        Delete(f"{write_did(9)}/0", "delete:…", NOW_US),
        Malformed(b"{", ""),
        make_post(2),
    ]
    keys = [received.key.decode() for received in named.hand_on(*events)]
    assert keys == [f"{write_did(1)}/0", f"{write_did(9)}/0", "", f"{write_did(2)}/0"]


def test_twenty_five_unknown_authors_wait_for_no_more(named: Named, api: StubProfiles) -> None:
    handed_on = name_authors(map(make_post, range(60)), named.profiles, named.timer, lambda: NOW)
    first = list(islice(handed_on, 25))
    assert [read_user(each)["username"] for each in first[::24]] == [
        "a0.example.com",
        "a24.example.com",
    ]
    assert len(api.requests[0]) == 25


def test_posts_wait_half_a_second_at_most(named: Named, api: StubProfiles) -> None:
    def make_posts() -> Iterator[Post]:
        for author in range(10):
            yield make_post(author)
            named.timer.seconds += 0.1

    handed_on = name_authors(make_posts(), named.profiles, named.timer, lambda: NOW)
    next(handed_on)
    assert len(api.requests[0]) == 6


def test_known_authors_are_not_asked_for_again_for_a_day(named: Named, api: StubProfiles) -> None:
    named.name(1, 2)
    named.timer.seconds += 86_000
    assert named.name(1, 2) == ["a1.example.com", "a2.example.com"]
    assert len(api.requests) == 1
    named.timer.seconds += 500
    api.people[write_did(1)] = ("new.example.com", "")
    assert named.name(1) == ["new.example.com"]
    assert len(api.requests) == 2


def test_a_known_author_makes_nobody_wait(named: Named) -> None:
    named.name(1)
    events = iter([make_post(1), make_post(1, 1)])
    next(name_authors(events, named.profiles, named.timer, lambda: NOW))
    assert next(events).id.endswith("/1")


def test_who_has_no_profile_goes_by_the_did_and_is_not_asked_for_again(
    named: Named, api: StubProfiles
) -> None:
    for _ in range(2):
        assert named.name(1, 5000) == ["a1.example.com", write_did(5000)]
        named.timer.seconds += 60
    assert len(api.requests) == 1


def test_a_handle_that_could_not_be_proved_is_none(named: Named, api: StubProfiles) -> None:
    api.people[write_did(1)] = ("handle.invalid", "Author")
    assert named.name(1) == [write_did(1)]


def test_the_api_is_asked_five_times_a_second_at_most(named: Named, api: StubProfiles) -> None:
    usernames = named.name(*range(100))
    assert usernames[:25] == [f"a{n}.example.com" for n in range(25)]
    assert usernames[25:] == [write_did(n) for n in range(25, 100)]
    assert len(api.requests) == 1
    named.timer.seconds += 0.2
    assert named.name(30) == ["a30.example.com"]


def test_what_is_caught_up_with_is_not_held_up_for_names(named: Named, api: StubProfiles) -> None:
    late = [make_post(number, seconds_ago=61) for number in range(100)]
    assert all(read_user(each)["name"] == "" for each in named.hand_on(*late))
    assert api.requests == []


@pytest.mark.parametrize(
    ("answer", "reason", "seconds"),
    [
        ((429, {}, b""), "HTTP 429", 30),
        ((429, {"ratelimit-reset": f"{NOW.timestamp() + 100:.0f}"}, b""), "HTTP 429", 100),
        ((429, {"ratelimit-reset": f"{NOW.timestamp() + 9999:.0f}"}, b""), "HTTP 429", 600),
        ((429, {"ratelimit-reset": f"{NOW.timestamp() - 5:.0f}"}, b""), "HTTP 429", 30),
        ((429, {"ratelimit-reset": "soon"}, b""), "HTTP 429", 30),
        ((500, {}, b""), "HTTP 500", 30),
        ((200, {}, b"<html>"), "its answer makes no sense", 30),
        ((200, {}, b'{"profiles": [{"did": 5}]}'), "its answer makes no sense", 30),
        ((200, {}, b'{"profiles": [' + b" " * 2_000_000 + b"]}"), "its answer is too large", 30),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "DecodeError", 30),
    ],
)
def test_an_api_that_fails_is_left_alone_for_a_while_and_that_is_said_once(
    named: Named,
    api: StubProfiles,
    answer: tuple[int, dict[str, str], bytes],
    reason: str,
    seconds: int,
) -> None:
    api.answers.append(answer)
    assert named.name(1) == [write_did(1)]
    named.timer.seconds += seconds - 1
    assert named.name(1) == [write_did(1)]
    assert len(api.requests) == 1
    assert named.said == [
        f"{api.url} tells no names ({reason}): authors go by their DID, "
        f"and it is asked again in {seconds} s."
    ]
    named.timer.seconds += 1
    assert named.name(1) == ["a1.example.com"]
    assert named.said[1:] == [f"{api.url} tells names again."]


def test_an_api_that_goes_on_failing_is_asked_less_and_less(
    named: Named, api: StubProfiles
) -> None:
    api.answers.extend([(503, {}, b"")] * 7)
    moments = []
    while len(api.requests) < 8:
        asked_before = len(api.requests)
        named.name(1)
        if len(api.requests) > asked_before:
            moments.append(named.timer.seconds)
        named.timer.seconds += 10
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert len(named.said) == 2


def test_a_slow_api_is_left_alone(named: Named, api: StubProfiles) -> None:
    def take_three_seconds() -> None:
        named.timer.seconds += 3

    api.before_answer = take_three_seconds
    assert named.name(1) == [write_did(1)]
    assert named.name(2) == [write_did(2)]
    assert len(api.requests) == 1
    assert "(it takes more than 2 s)" in named.said[0]


def test_an_answer_that_drips_is_not_waited_for(api: StubProfiles) -> None:
    api.drips = True
    named = Named(api.url, FakeTimer(cost=0.4))
    assert named.name(1) == [write_did(1)]
    assert "(it takes more than 2 s)" in named.said[0]


def test_an_api_that_does_not_answer_is_not_waited_for(
    named: Named, api: StubProfiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "_TIMEOUT_SECONDS", 0.1)
    may_answer = Event()
    api.before_answer = lambda: may_answer.wait(30)
    assert named.name(1) == [write_did(1)]
    may_answer.set()
    assert "(ReadTimeout)" in named.said[0]


@pytest.mark.parametrize("api_url", ["http://127.0.0.1:1", "http://a..b", "nowhere", ""])
def test_without_an_api_authors_go_by_their_did(api_url: str) -> None:
    named = Named(api_url, FakeTimer())
    assert named.name(1, 2) == [write_did(1), write_did(2)]
    assert len(named.said) == 1


def test_an_api_whose_certificate_cannot_be_judged_tells_no_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
    named = Named("https://127.0.0.1:1", FakeTimer())
    assert named.name(1) == [write_did(1)]
    assert len(named.said) == 1


def test_of_too_many_profiles_those_of_no_use_for_the_longest_are_forgotten() -> None:
    cache = ProfileCache(FakeTimer(), capacity=2)
    for did in ("a", "b"):
        cache.put(did, Profile(did))
    assert cache.get("a") == Profile("a")
    cache.put("c", Profile("c"))
    assert [cache.get(did) is not None for did in ("a", "b", "c")] == [True, False, True]
