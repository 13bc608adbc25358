from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from fake_timer import FakeTimer
from jetstream_naming import NOW, Named, write_did
from stub_profiles import StubProfiles

from producer.sources.jetstream import profiles
from producer.sources.jetstream.profiles import Profile, ProfileCache


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
