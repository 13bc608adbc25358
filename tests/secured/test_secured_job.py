"""The whole path into a data root, from a Kafka that is secured, by each way into it."""

import os
import subprocess

import pytest
from commands import ROOT, run_module
from secured_kafka import MARK, SecuredKafka
from whole_path import JOB

from producer.__main__ import main

COUNT = 300
# What a curious reader could see at most.
LOUD = ["--conf", "spark.log.level=INFO", "--conf", "spark.eventLog.compress=false"]


@pytest.fixture
def places(model_root, tmp_path) -> dict[str, str]:
    (tmp_path / "events").mkdir()
    return {
        "model_root": str(model_root),
        "data_root": f"file:{tmp_path}/data",
        "event_log": f"file:{tmp_path}/events",
        "give_up_seconds": "5",
    }


@pytest.mark.parametrize(
    "way", [pytest.param("SCRAM-SHA-512", marks=pytest.mark.broad), "OAUTHBEARER", "certificate"]
)
def test_all_is_stored_and_no_secret_is_told(
    way, kafka: SecuredKafka, use_settings, places, request
):
    topic, certificate = (request.getfixturevalue(name) for name in ("topic", "certificate"))
    use_settings("open")
    assert main(["--rate", "5000", "--count", str(COUNT)]) == 0
    kafka.allow("CN=tweets" if way == "certificate" else "tweets", topic, "READ")
    use_settings(way, **places)
    command = [*JOB, "--available-now", *LOUD]
    job = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert job.returncode == 0, job.stderr
    proof = run_module("jobs.verify", "--topic", env=dict(os.environ))
    assert f"read {COUNT} messages; each is stored exactly once" in proof
    folder = request.getfixturevalue("tmp_path")
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    told = b"".join([job.stdout.encode(), job.stderr.encode(), *written])
    assert b"SparkListenerSQLExecutionStart" in told
    key = certificate.read_text().split("-----BEGIN PRIVATE KEY-----\n")[1][:60]
    assert MARK.encode() not in told
    assert key.encode() not in told
