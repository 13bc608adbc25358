"""The health checks of our own containers, run against what they check."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT, find_free_port, wait_until
from compose_file import read_services
from whole_path import running

SERVICES = read_services()


def is_healthy(name: str, env: dict[str, str], port: int = 8050) -> bool:
    """Run a container's check; what it knows as port 8050 is the given one here."""
    check = [part.replace(":8050/", f":{port}/") for part in SERVICES[name]["healthcheck"]["test"]]
    assert check[0] == "CMD"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = subprocess.run(
        check[1:], cwd=ROOT, env={**env, "PATH": path}, capture_output=True, check=False
    )
    return command.returncode == 0


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="containers run on Linux")
@pytest.mark.parametrize("name", ["job", "producer"])
@pytest.mark.parametrize("servers", ["kafka-1:19092,kafka-2:{}", "kafka-1:{},kafka-2:19092"])
def test_whoever_reads_or_writes_is_healthy_while_connected_to_a_broker(name, servers):
    with socket.create_server(("127.0.0.1", 0)) as broker:
        port = broker.getsockname()[1]
        env = {"TWEETS_BOOTSTRAP_SERVERS": servers.format(port)}
        assert not is_healthy(name, env)
        with socket.create_connection(("127.0.0.1", port)):
            assert is_healthy(name, env)
    assert not is_healthy(name, env)


def test_the_dashboard_is_healthy_once_it_answers(tmp_path):
    port = find_free_port()
    env = {
        **os.environ,
        "TWEETS_DATA_ROOT": f"file:{tmp_path}",
        "TWEETS_MODEL_ROOT": str(tmp_path),
        "TWEETS_DASHBOARD_PORT": str(port),
    }
    assert not is_healthy("dashboard", env, port)
    with running([sys.executable, "-m", "dashboard"], env, tmp_path / "log"):
        wait_until(lambda: is_healthy("dashboard", env, port), 30)
