"""The job on Kubernetes, both ways: its driver in the Deployment, and in a pod that Spark makes."""

import os
import signal
import subprocess
from urllib.parse import urlsplit

import hdfs
import pytest
from commands import ROOT, run_module, wait_until
from documented import find_commands
from manifests import FOLDER, find
from stub_api import Call
from stub_kubelet import NAMESPACE, PODS, StubKubelet

from jobs.submission import parse_request

TWEETS = 500


@pytest.fixture
def env(stack, topic) -> dict[str, str]:
    return {
        **stack.env,
        "TWEETS_TOPIC": topic,
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/{topic}",
        "TWEETS_HDFS_USER": "",
    }


@pytest.fixture
def kubelet(env, model_root, tmp_path):
    """A cluster with the ConfigMaps of the manifests, led to the services of the test."""
    settings = find("ConfigMap", "tweets")
    of_pods = ("TWEETS_MODEL_ROOT", "TWEETS_LOCAL_DIR")
    settings["data"] |= {
        name: value
        for name, value in env.items()
        if name.startswith(("TWEETS_", "HADOOP_CONF_DIR")) and name not in of_pods
    }
    templates = {
        "kind": "ConfigMap",
        "metadata": {"name": "pod-templates"},
        "data": {"executor-pod.yaml": (FOLDER / "executor-pod.yaml").read_text()},
    }
    with StubKubelet(tmp_path, {"models": model_root}) as kubelet:
        for given in (settings, templates):
            kubelet.api.put(f"{NAMESPACE}/configmaps/{given['metadata']['name']}", given)
        yield kubelet


def start_deployment(kubelet: StubKubelet) -> str:
    pod = {"kind": "Pod", **find("Deployment", "job")["spec"]["template"]}
    pod["metadata"]["name"] = "job-1"
    kubelet.api.create(f"{PODS}/job-1", pod)
    return "job-1"


def submit_driver(kubelet: StubKubelet) -> str:
    [arguments] = [
        command
        for command in find_commands(ROOT / "docs" / "cluster.md", r"spark-submit\.sh")
        if parse_request(command).is_in_image
    ]
    url = f"k8s://{kubelet.api.url}"
    # The driver would find the API by the name that it has inside of a cluster.
    arguments += ["--master", url]
    arguments += ["--conf", f"spark.kubernetes.driver.master={kubelet.api.url}"]
    env = {name: os.environ[name] for name in ("PATH", "HOME")}
    subprocess.run(["./spark-submit.sh", *arguments], cwd=ROOT, env=env, check=True, timeout=60)
    kubelet.api.calls.clear()
    [driver] = kubelet.api.list_names(PODS)
    return driver


@pytest.mark.timeout(500)
@pytest.mark.parametrize(
    "start_driver", [start_deployment, pytest.param(submit_driver, marks=pytest.mark.broad)]
)
def test_a_driver_stores_every_tweet_by_pods_of_its_own_and_stops_between_two_batches(
    start_driver, env, kubelet
):
    run_module("producer", "--rate", "5000", "--count", str(TWEETS), "--seed", "7", env=env)
    driver = start_driver(kubelet)
    wait_until(lambda: f"INFO batch 0: {TWEETS}" in kubelet.read_log(driver), 300)
    executors = [pod for pod in kubelet.api.of_kind("Pod") if pod["metadata"]["name"] != driver]
    # After the job its JVM ends too, by itself or by the signal that follows.
    assert kubelet.stop(driver) in (0, 128 + signal.SIGTERM)
    assert not holds_lease(env)

    proof = run_module("jobs.verify", "--topic", env=env)
    assert f"each is stored exactly once: {TWEETS} tweets" in proof
    assert len(executors) == 2
    for executor in executors:
        [owner] = executor["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"]) == ("Pod", driver)
        assert "TWEETS_" not in str(executor["spec"])
    assert kubelet.api.list_names(PODS) == {driver}
    # The image is read-only: a driver copies its jars into the folder where it starts.
    assert not list(ROOT.glob("*.jar"))
    # What is not seen here: an executor that failed is deleted alone.
    assert set(kubelet.api.calls) | {Call("", "pods", "delete")} == list_rights("tweets-job")


def holds_lease(env: dict[str, str]) -> bool:
    lease = f"{urlsplit(env['TWEETS_DATA_ROOT']).path}/_lease.json"
    status = hdfs.InsecureClient(env["TWEETS_WEBHDFS_URL"]).status(lease, strict=False)
    return status is not None


def list_rights(role: str) -> set[Call]:
    return {
        Call(group, resource, verb)
        for rule in find("Role", role)["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
