from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from stack_command import StackCommand


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
