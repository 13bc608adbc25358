import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from commands import find_free_port
from stack_command import StackCommand
from stub_namenode import StubNameNode, run_namenode

from settings import Settings
from stack.ports import is_free, plan_ports


@pytest.fixture(scope="module")
def run_stack_in() -> Iterator[Callable[[Path], StackCommand]]:
    """Makes stack commands; whatever they leave running is ended after the module's tests."""
    commands: list[StackCommand] = []

    def make(local_dir: Path) -> StackCommand:
        commands.append(StackCommand(local_dir))
        return commands[-1]

    yield make
    for command in commands:
        left = command.find_processes()
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=10)


@pytest.fixture
def command(run_stack_in: Callable[[Path], StackCommand], tmp_path: Path) -> StackCommand:
    return run_stack_in(tmp_path)


@pytest.fixture
def stub() -> Iterator[StubNameNode]:
    with run_namenode() as namenode:
        yield namenode


@pytest.fixture(scope="session")
def build_demo_env(model_root: Path) -> Callable[[Path], dict[str, str]]:
    """Builds the environment of a demo on ports of its own, which writes into a folder."""

    def build(folder: Path) -> dict[str, str]:
        for base in random.sample(range(15_000, 28_000, 20), 100):
            settings = Settings(
                bootstrap_servers=f"127.0.0.1:{base}",
                data_root=f"hdfs://127.0.0.1:{base + 1}/tweets",
                webhdfs_url=f"http://127.0.0.1:{base + 2}",
            )
            if all(is_free(port) for port, _ in plan_ports(settings, 1).name_all()):
                break
        return {
            **os.environ,
            "TWEETS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
            "TWEETS_DATA_ROOT": settings.data_root,
            "TWEETS_WEBHDFS_URL": settings.webhdfs_url,
            "TWEETS_DASHBOARD_PORT": str(find_free_port()),
            "TWEETS_LOCAL_DIR": str(folder / "data"),
            "TWEETS_MODEL_ROOT": str(model_root),
        }

    return build
