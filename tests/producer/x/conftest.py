"""A stub of the API of X."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stub_x import StubX
from x_reading import Reading


@pytest.fixture
def server() -> Iterator[StubX]:
    """The API of X, that the test tells what to send."""
    with StubX() as server:
        yield server


@pytest.fixture
def reading(server: StubX, tmp_path: Path) -> Reading:
    """A reading of that server."""
    return Reading(server.url, tmp_path)
