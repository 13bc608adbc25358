from collections.abc import Iterator
from itertools import islice

from jetstream_naming import NOW, NOW_US, Named, make_post, read_user, write_did
from stub_profiles import StubProfiles

from producer.sources.jetstream.events import Delete, Malformed, Post
from producer.sources.jetstream.naming import name_authors


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
