"""Daemons of the containers as processes of this machine, under the names that containers have."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack.java import find_java
from stack.process import (
    Daemon,
    ServiceProcess,
    build_java_command,
    start_daemon,
    stop_services,
    wait_ready,
)


def build_command(
    folder: Path, name: str, class_path: Sequence[Path], main_class: str
) -> list[str]:
    """Write the command of a Java program that knows the hosts in `folder/hosts`."""
    options = ["-Xmx384m", "-XX:TieredStopAtLevel=1", f"-Djdk.net.hosts.file={folder / 'hosts'}"]
    return build_java_command(find_java(), folder / f"{name}.log", options, class_path, main_class)


def write_hosts(folder: Path, names: Sequence[str]) -> None:
    """Let every name lead to this machine, as the containers' network does."""
    known = ["localhost", socket.gethostname(), *names]
    (folder / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in known))


@contextmanager
def running_daemons(daemons: Sequence[Daemon]) -> Iterator[dict[str, ServiceProcess]]:
    """Run daemons until they serve, and end them all."""
    started = {}
    try:
        for daemon in daemons:
            started[daemon] = start_daemon(daemon)
        wait_ready(started, 120, print)
        yield {daemon.name: service for daemon, service in started.items()}
    finally:
        stop_services(list(started.values()), grace_seconds=20)
