from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from stored_data import NOW, DataRoot
from watched_files import Clock, WatchedFiles

from dashboard import create_app
from dashboard.live_model import LiveModel
from dashboard.reader import Reading, SnapshotReader


@pytest.fixture
def data_root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "data")


@pytest.fixture
def model_root(tmp_path: Path) -> Path:
    """A registry in which nothing is live yet."""
    return tmp_path / "models"


@pytest.fixture
def reading() -> Reading:
    return Reading()


@pytest.fixture
def reader(files: WatchedFiles, reading: Reading, clock: Clock) -> SnapshotReader:
    """A reader that reads when it is told to."""
    return SnapshotReader(files, reading, now=clock)


@pytest.fixture
def app(reader: SnapshotReader, model_root: Path) -> Flask:
    return create_app(reader, LiveModel(model_root), now=lambda: NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def files(data_root: DataRoot) -> WatchedFiles:
    return WatchedFiles(data_root)


@pytest.fixture
def clock() -> Clock:
    return Clock()
