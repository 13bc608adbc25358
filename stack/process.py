"""A daemon as a process of this machine: start it, wait until it is ready, stop it."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.errors import StackError

POLL_SECONDS = 0.3
KILL_SECONDS = 2
TAIL_LINES = 15
LOG_CONFIGURATION = Path(__file__).with_name("log4j2.properties")


@dataclass(frozen=True, slots=True, eq=False)
class Daemon:
    """What to run: a name, a command, the port that others use it by, and its log file.

    `is_ready` says whether it serves; it is asked again and again and must answer within seconds.
    Without an `environment` of its own, it gets ours.
    """

    name: str
    command: Sequence[str]
    port: int
    log: Path
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A daemon that was started; the log on its command line proves that a pid is still its own."""

    name: str
    pid: int
    port: int
    log: Path


def start_daemon(daemon: Daemon) -> ServiceProcess:
    """Start a daemon in a process group of its own, so that it outlives us and our terminal.

    The log of its previous run is kept beside the new one; both are bounded by its configuration.
    """
    if daemon.log.exists():
        daemon.log.replace(daemon.log.with_suffix(".previous.log"))
    with daemon.log.with_suffix(".out").open("wb") as output:
        process = subprocess.Popen(
            daemon.command,
            env=daemon.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _await_command_line(process)
    return ServiceProcess(daemon.name, process.pid, daemon.port, daemon.log)


def find_process(service: ServiceProcess) -> psutil.Process | None:
    """Find a service's process, or None if it has ended, even if another has its pid now."""
    try:
        process = psutil.Process(service.pid)
        return process if log_option(service.log) in process.cmdline() else None
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return None


def log_option(log: Path) -> str:
    """Write the Java option that names a daemon's log, for its logging and for `find_process`."""
    return f"-Dstack.log={log}"


def build_java_command(
    java: Path, log: Path, options: Sequence[str], class_path: Sequence[Path], main_class: str
) -> list[str]:
    """Write the command that runs a Java program with a bounded log; the options bound its heap."""
    return [
        str(java / "bin" / "java"),
        *options,
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.net.preferIPv4Stack=true",
        "-Djava.awt.headless=true",
        f"-XX:ErrorFile={log.with_suffix('.crash')}",
        log_option(log),
        f"-Dlog4j2.configurationFile={LOG_CONFIGURATION}",
        "-cp",
        ":".join(map(str, class_path)),
        main_class,
    ]


def run_once(command: Sequence[str], task: str) -> None:
    """Run a short Java program; raise `StackError` with the end of what it said if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        said = "\n".join((result.stdout + result.stderr).strip().splitlines()[-TAIL_LINES:])
        raise StackError(f"{task} failed with exit code {result.returncode}.\n{said}")


def wait_ready(
    started: Mapping[Daemon, ServiceProcess], timeout_seconds: float, say: Callable[[str], None]
) -> None:
    """Wait until daemons serve; raise `StackError` with the end of the log of one that does not."""
    begun_at = time.monotonic()
    waiting = dict(started)
    while waiting:
        for daemon, service in list(waiting.items()):
            if daemon.is_ready():
                del waiting[daemon]
                say(f"  {daemon.name} is ready after {time.monotonic() - begun_at:.1f} s")
            elif find_process(service) is None:
                raise StackError(f"{daemon.name} ended while starting.\n{read_tail(daemon.log)}")
            elif time.monotonic() - begun_at > timeout_seconds:
                raise StackError(
                    f"{daemon.name} was not ready after {timeout_seconds:.0f} s.\n"
                    f"{read_tail(daemon.log)}"
                )
        time.sleep(POLL_SECONDS)


def stop_services(services: Sequence[ServiceProcess], grace_seconds: float) -> list[str]:
    """Ask services to end, all at once, and kill those that did not in time; name the killed.

    What they started ends with them.
    """
    names = {process: service.name for service in services if (process := find_process(service))}
    started = [child for process in names for child in _list_children(process)]
    for process in names:
        _signal(process.terminate)
    _, alive = psutil.wait_procs(list(names), timeout=grace_seconds)
    for process in (*alive, *started):
        _signal(process.kill)
    psutil.wait_procs([*alive, *started], timeout=KILL_SECONDS)
    return [names[process] for process in alive]


def read_tail(log: Path) -> str:
    """Read the last lines that a daemon left: of its log, or of what it wrote before that began."""
    for path in (log, log.with_suffix(".out")):
        if path.exists() and (text := path.read_text(errors="replace").strip()):
            lines = text.splitlines()[-TAIL_LINES:]
            return "\n".join([f"The end of {os.path.relpath(path)}:", *lines])
    return f"It left nothing in {log}."


def _await_command_line(process: subprocess.Popen[bytes]) -> None:
    # It is empty for a moment after the start, in which `find_process` would not know the process.
    with suppress(psutil.Error):
        while process.poll() is None and not psutil.Process(process.pid).cmdline():
            time.sleep(0.001)


def _list_children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal(send: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        send()
