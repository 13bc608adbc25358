"""A cluster of real services on this machine, what tests do to it, and what its driver says."""

import json
import shlex
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from commands import run_module

BROKERS, WORKERS = 3, 2
_HIDING_JAVA = """#!/bin/sh
case " $* " in
*.CoarseGrainedExecutorBackend*)
  exec {unshare} sh -c '
    for folder in {folders}; do mount -t tmpfs none "$folder" || exit 1; done
    exec {java} "$@"' java "$@" ;;
esac
exec {java} "$@"
"""
_UNSHARE = ["unshare", "--map-root-user", "--mount"]


@dataclass(frozen=True)
class Cluster:
    """Three brokers, three DataNodes, a Spark master and two workers of one core each.

    `env` points every command of ours at them; `daemon_env` is what the daemons were started with.
    """

    env: dict[str, str]
    daemon_env: dict[str, str]
    hdfs_url: str
    webhdfs_url: str
    spark_master: str
    bootstrap_servers: str

    def read_status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(
            run_module("stack", "status", "--json", env=self.daemon_env)
        )
        return status

    def find(self, name: str) -> psutil.Process:
        services = {one["name"]: one["pid"] for one in self.read_status()["services"]}
        return psutil.Process(services[name])

    def find_executors(self) -> list[psutil.Process]:
        workers = [self.find(f"spark-worker-{number}") for number in range(1, WORKERS + 1)]
        return [executor for worker in workers for executor in worker.children()]

    def mend(self) -> None:
        """Start again what was killed."""
        run_module("stack", "up", env=self.daemon_env)


def kill(*processes: psutil.Process) -> None:
    """Kill processes that nobody can expect it of, as a machine that loses its power does."""
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)


def can_hide_files() -> bool:
    """Say whether this system lets a process of ours have another view of the files."""
    try:
        return subprocess.run([*_UNSHARE, "true"], check=False).returncode == 0
    except OSError:
        return False


def hide_files_from_executors(home: Path, java: Path, folders: list[Path]) -> Path:
    """Make a home of Java in which executors, and they alone, find folders of ours empty."""
    script = home / "bin" / "java"
    script.parent.mkdir(parents=True)
    script.write_text(
        _HIDING_JAVA.format(
            unshare=shlex.join(_UNSHARE),
            folders=" ".join(f'"{folder}"' for folder in folders),
            java=java / "bin" / "java",
        )
    )
    script.chmod(0o755)
    return home


def read_executors(page_port: int) -> dict[str, dict[str, Any]]:
    """Read what a driver says of its executors, by their ids; nothing before it answers."""
    api = f"http://127.0.0.1:{page_port}/api/v1/applications"
    try:
        with urllib.request.urlopen(api, timeout=5) as answer:
            [application] = json.load(answer)
        with urllib.request.urlopen(f"{api}/{application['id']}/executors", timeout=5) as answer:
            executors = json.load(answer)
    except (OSError, ValueError):
        return {}
    return {executor["id"]: executor for executor in executors if executor["id"] != "driver"}
