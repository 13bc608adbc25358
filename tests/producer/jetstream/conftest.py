"""Stubs of what Bluesky runs."""

from collections.abc import Iterator

import pytest
from fake_timer import FakeTimer
from jetstream_naming import Named, write_did
from stub_jetstream import StubJetstream
from stub_profiles import StubProfiles


@pytest.fixture
def server() -> Iterator[StubJetstream]:
    """A Jetstream server that the test tells how to behave."""
    with StubJetstream() as server:
        yield server


@pytest.fixture
def api() -> Iterator[StubProfiles]:
    """An API that knows the first thousand authors."""
    with StubProfiles() as api:
        api.people = {write_did(n): (f"a{n}.example.com", f"Author {n}") for n in range(1000)}
        yield api


@pytest.fixture
def named(api: StubProfiles) -> Named:
    """Events named by that API."""
    return Named(api.url, FakeTimer())
