import subprocess
import sys

import psutil
from commands import wait_until

from bench.usage import UsageMeter, list_tree

BUSY = (
    "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\ninput()"
)


def test_cpu_and_memory_of_a_process_are_added_to_its_part():
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        find = lambda: [("busy", one) for one in list_tree(process.pid)]  # noqa: E731
        with UsageMeter(find) as usage:
            wait_until(lambda: sum(psutil.Process(process.pid).cpu_times()[:2]) >= 0.2, 30)
        process.communicate(b"\n")
    assert 0.1 < usage.read_cpu_seconds()["busy"] < 2
    assert usage.peak_bytes["busy"] > 1_000_000


def test_a_part_that_comes_later_counts_from_its_beginning():
    found = []
    with UsageMeter(lambda: found) as usage:
        found.append(("us", psutil.Process()))
    used = usage.read_cpu_seconds()["us"]
    times = psutil.Process().cpu_times()
    assert 0 < used <= times.user + times.system


def test_what_has_ended_has_no_tree():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    assert list_tree(process.pid) == []
