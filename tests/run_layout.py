"""How a run of the tests is laid out: in one folder, over workers, with nothing left at its end."""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from commands import ROOT, run_module
from leftovers import MARK, Watch
from run_folder import build_stack_env, locate_run
from shared_model import make_model

_WATCH = pytest.StashKey[Watch]()
_PREFIX = "tweets-tests-"
_KEPT_SECONDS = 86_400

# The tests of a group share what is slow to start, so one worker runs them all; others stay in the
# group of their file. Those that take long begin, the longest first, and short ones fill the gaps.
_GROUPS = {"spark": "spark", "kafka": "kafka"}
_LONGEST = (
    *("spark", "kafka", "training/test_train.py", "cluster/test_cluster_job.py"),
    *("stack/test_demo.py", "test_end_to_end.py", "test_running_pipeline.py"),
    *("kubernetes/test_job_on_kubernetes.py", "docker/test_image_steps.py"),
    *("stack/test_stack_life.py", "test_failover.py", "docker/test_compose_kafka.py"),
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder, and have what it leaves ended even if it is killed itself."""
    if _is_worker(config):
        return
    _delete_old_runs()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    os.environ[MARK] = str(folder)
    config.option.basetemp = config.option.basetemp or folder / "tests"
    config.stash[_WATCH] = Watch(folder)
    signal.signal(signal.SIGTERM, _interrupt)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Group the tests for the workers, if there are some."""
    if not _is_worker(config):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_name_group(item)))
    items.sort(key=_rank)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the model be trained beside the first tests, if any needs it and it is not kept."""
    if any("trained_model" in getattr(item, "fixturenames", ()) for item in session.items):
        threading.Thread(target=make_model, daemon=True).start()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Stop the shared stack behind the last test, and fail a whole run that leaves a process."""
    yield
    if _is_worker(session.config):
        return
    is_whole = session.exitstatus != pytest.ExitCode.INTERRUPTED
    try:
        if is_whole and (locate_run() / "stack").exists():
            run_module("stack", "down", env=build_stack_env())
    finally:
        left = session.config.stash[_WATCH].end()
    for command in left if is_whole else ():
        print(f"\nA test has left this running: {command}")
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
    if session.exitstatus:
        print(f"\nWhat the tests wrote is in {locate_run()}.")
    else:
        shutil.rmtree(locate_run())


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _delete_old_runs() -> None:
    """Delete what failed runs of earlier days have kept."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if folder.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _name_group(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    shared = [group for fixture, group in _GROUPS.items() if fixture in fixtures]
    return shared[0] if shared else str(item.path.relative_to(ROOT / "tests"))


def _rank(item: pytest.Item) -> tuple[int, bool]:
    group = _name_group(item)
    rank = _LONGEST.index(group) if group in _LONGEST else len(_LONGEST)
    return rank, "trained_model" in getattr(item, "fixturenames", ())
