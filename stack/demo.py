"""The whole pipeline on this machine: Kafka, HDFS, a model, the job, the producer, the page."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from settings import Settings
from stack.child import Child
from stack.errors import StackError
from stack.lock import hold_lock
from stack.model import ensure_model
from stack.ports import is_free
from stack.process import read_tail
from stack.services import start_stack, stop_stack
from stack.source import is_from_live_source
from stack.state import StackState, lead_to_stack
from stack.status import describe_stack
from stack.tally import Tally

SPARK_PORTS = range(4040, 4060)
# The quick compiler alone: for some tweets a second, an early first batch counts more than speed.
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# With the services behind them, all of it ends within 30 s.
STOP_ORDER = (
    ("producer", signal.SIGINT, 4),
    ("job", signal.SIGTERM, 10),
    ("dashboard", signal.SIGTERM, 2),
)
FIRST_TWEET_SECONDS = 180
PROOF_SECONDS = 90
POLL_SECONDS = 0.25
# A proxy knows nothing of the dashboard of this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    """One run of the demo, until it is told to stop, its time is over, or a part of it ends."""

    def __init__(
        self, settings: Settings, producer_options: Sequence[str], seconds: float | None
    ) -> None:
        self._settings = settings
        self._producer_options = producer_options
        self._seconds = seconds
        self._started_at = time.time()
        self._stop = threading.Event()
        self._tally = Tally()
        self._children: list[Child] = []
        self._environment = dict(os.environ)
        self._page = f"http://{settings.dashboard_host}:{settings.dashboard_port}"
        self._first_tweet_seconds: float | None = None

    def run(self) -> int:
        """Start everything, wait, stop everything in order; 0 if nothing went wrong."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        with ExitStack() as cleanup:
            cleanup.enter_context(_hold_demo(self._settings.local_dir))
            self._check_dashboard_port()
            was_running = describe_stack(self._settings)["running"]
            if not was_running:
                cleanup.callback(stop_stack, self._settings, say)
            state = start_stack(self._settings, say=say)
            cleanup.callback(self._stop_children)
            ensure_model(self._settings, self._stop, say)
            if not self._stop.is_set():
                self._start_children(state)
                self._watch()
            return self._finish()

    def _check_dashboard_port(self) -> None:
        port = self._settings.dashboard_port
        if not is_free(port):
            raise StackError(
                f"Port {port} of the dashboard is taken by another process: stop that, or set "
                "TWEETS_DASHBOARD_PORT to another port (in the environment or in .env)."
            )

    def _start_children(self, state: StackState) -> None:
        self._environment |= lead_to_stack(state, urlsplit(self._settings.data_root).path)
        spark_port = next((port for port in SPARK_PORTS if is_free(port)), 0)
        module = [sys.executable, "-u", "-m"]
        self._start("dashboard", [*module, "dashboard"])
        self._start(
            "job",
            [
                *("./spark-submit.sh", "--conf", f"spark.ui.port={spark_port}"),
                *("--driver-java-options", QUICK_START),
            ],
        )
        self._start("producer", [*module, "producer", *self._producer_options])
        say(
            f"\n  Dashboard   {self._page}/"
            f"\n  HDFS page   {state.webhdfs_url}/"
            f"\n  Spark page  http://127.0.0.1:{spark_port}/"
            f"\n  Logs        {os.path.relpath(self._logs)}/"
            "\n\nSpark is starting; the first tweets are on the page in about a minute."
            "\nStop all of it with Ctrl-C; the data stays for the next time.\n"
        )

    @property
    def _logs(self) -> Path:
        return self._settings.local_dir / "logs"

    def _start(self, name: str, command: list[str]) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        child = Child(name, command, self._environment, self._logs / f"{name}.log", self._read_line)
        self._children.append(child)

    def _read_line(self, line: str) -> None:
        self._tally.read_producer(line)
        if self._tally.read_job(line) or is_from_live_source(line):
            say(line)

    def _shows_new_tweet(self) -> bool:
        newest = f"{self._page}/api/tweets?limit=1"
        try:
            with _DIRECT.open(newest, timeout=2) as answer:
                tweets = json.load(answer)["tweets"]
        except (OSError, ValueError):
            return False
        since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self._started_at))
        return bool(tweets) and tweets[0]["created_at"] >= since

    def _watch(self) -> None:
        begun_at = time.monotonic()
        while not self._has_ended():
            self._release_producer()
            passed = time.monotonic() - begun_at
            if self._first_tweet_seconds is None and self._shows_new_tweet():
                self._first_tweet_seconds = time.time() - self._started_at
                say(f"The first tweet is on the page after {self._first_tweet_seconds:.0f} s.")
            is_waiting = self._first_tweet_seconds is None and passed < FIRST_TWEET_SECONDS
            if self._seconds and passed >= self._seconds and not is_waiting:
                return
            self._stop.wait(POLL_SECONDS)

    def _release_producer(self) -> None:
        for child in filter(is_done, list(self._children)):
            self._children.remove(child)
            say("The producer has ended; the page stays.")

    def _has_ended(self) -> bool:
        return self._stop.is_set() or any(map(has_failed, self._children))

    def _finish(self) -> int:
        if not self._children:
            return 0 if self._seconds is None else 1
        self._check_children()
        by_itself = not self._stop.is_set()
        self._stop_children("producer")
        proof = self._prove() if by_itself else ""
        self._stop_children()
        say(f"{self._tally.summarize(self._first_tweet_seconds)}\n{proof}")
        if self._seconds is None:
            return 0
        return 0 if proof and self._tally.is_complete else 1

    def _check_children(self) -> None:
        for child in self._children:
            if has_failed(child) and not self._stop.is_set():
                raise StackError(
                    f"The {child.name} ended with exit code {child.exit_code}; all was stopped.\n"
                    f"{read_tail(child.log)}"
                )

    def _prove(self) -> str:
        say("Waiting until all that was produced is stored …")
        command = [sys.executable, "-m", "jobs.verify", "--topic"]
        deadline = time.monotonic() + PROOF_SECONDS
        while not self._tally.is_complete and not self._has_ended():
            if time.monotonic() > deadline:
                break
            self._stop.wait(POLL_SECONDS)
        deadline = time.monotonic() + PROOF_SECONDS
        while True:
            result = subprocess.run(
                command, env=self._environment, capture_output=True, text=True, check=False
            )
            if result.returncode == 0:
                return result.stdout.strip()
            if time.monotonic() > deadline or self._stop.wait(1):
                say(result.stdout + result.stderr)
                return ""

    def _stop_children(self, *names: str) -> None:
        for name, number, grace_seconds in STOP_ORDER:
            for child in [child for child in self._children if child.name == name]:
                if not names or name in names:
                    say(f"Stopping the {name} …")
                    self._children.remove(child)
                    if not child.stop(number, grace_seconds):
                        say(f"  it did not end within {grace_seconds} s and was killed.")


def is_done(child: Child) -> bool:
    """Say whether a part is a producer that has delivered all there is."""
    return child.name == "producer" and child.exit_code == 0


def has_failed(child: Child) -> bool:
    """Say whether a part has ended that should go on."""
    return child.exit_code is not None and not is_done(child)


def say(text: str) -> None:
    """Print for whoever still listens: a closed terminal must not keep anything from stopping."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


@contextlib.contextmanager
def _hold_demo(local_dir: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(local_dir / "demo.lock", wait=False))
        except BlockingIOError:
            raise StackError(
                f"A demo is already running in {local_dir}: stop it with Ctrl-C where it was "
                "started."
            ) from None
        except OSError as error:
            raise StackError(
                f"{local_dir} cannot be used ({error.strerror}): set TWEETS_LOCAL_DIR to a folder "
                "that can be written."
            ) from None
        yield
