"""What Kubernetes is asked for by the command that docs/cluster.md has for a driver there."""

import os
import subprocess

import kubernetes_validate
import pytest
from commands import ROOT
from documented import find_commands
from stub_api import Call, StubApi

from jobs.submission import parse_request

SECRET = "not for everybody"


@pytest.fixture(scope="module")
def asked():
    """The API after a submission from a machine with settings and secrets of its own."""
    env = {
        **os.environ,
        "TWEETS_TOPIC": "mine",
        "TWEETS_HDFS_USER": "etl",
        "TWEETS_KAFKA_PASSWORD": SECRET,
        "TWEETS_X_BEARER_TOKEN": SECRET,
    }
    env.pop("HADOOP_CONF_DIR", None)
    [arguments] = [
        command
        for command in find_commands(ROOT / "docs" / "cluster.md", r"spark-submit\.sh")
        if parse_request(command).is_in_image
    ]
    with StubApi() as api:
        command = ["./spark-submit.sh", *arguments, "--master", f"k8s://{api.url}"]
        command += [
            "--conf",
            "spark.kubernetes.driver.secretKeyRef.TWEETS_X_BEARER_TOKEN=tweets-x:token",
        ]
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr
    return api


@pytest.fixture
def pod(asked):
    [pod] = asked.of_kind("Pod")
    return pod


@pytest.fixture
def container(pod):
    [container] = pod["spec"]["containers"]
    return container


@pytest.fixture
def properties(asked):
    [found] = [
        made["data"]["spark.properties"]
        for made in asked.of_kind("ConfigMap")
        if "spark.properties" in made["data"]
    ]
    pairs = (line.split("=", 1) for line in found.splitlines() if not line.startswith("#"))
    return {name: value.replace("\\", "") for name, value in pairs}


def test_kubernetes_knows_every_field_of_the_driver(pod):
    kubernetes_validate.validate(pod, "1.32", strict=True)


def test_the_driver_runs_the_job_that_lies_in_the_image(container, properties):
    assert container["image"] == "registry.example/tweet-pipeline:0.1.0"
    assert container["args"][0] == "driver"
    assert container["args"][-1] == "local:///app/jobs/classify_tweets.py"
    jars = properties["spark.jars"].split(",")
    assert len(jars) == 4
    assert all(jar.startswith("local:///app/.venv/jars/spark/") for jar in jars)


def test_no_path_of_the_submitting_machine_is_in_what_the_driver_runs(container, properties):
    assert str(ROOT) not in str(container)
    assert str(ROOT) not in str(properties)


def test_the_driver_gets_the_settings_of_whoever_submits(container):
    environment = {given["name"]: given.get("value") for given in container["env"]}
    assert environment["TWEETS_TOPIC"] == "mine"
    assert environment["HADOOP_USER_NAME"] == environment["SPARK_USER"] == "etl"


def test_no_secret_leaves_the_machine_but_by_its_name(asked, container):
    assert SECRET not in "".join(asked.bodies)
    sources = {given["name"]: given.get("valueFrom", {}) for given in container["env"]}
    assert sources["TWEETS_X_BEARER_TOKEN"] == {
        "secretKeyRef": {"name": "tweets-x", "key": "token"}
    }


def test_the_driver_gets_what_the_template_adds(pod, container):
    assert {"name": "models", "mountPath": "/models", "readOnly": True} in container["volumeMounts"]
    assert {"configMapRef": {"name": "tweets"}} in container["envFrom"]
    [files] = [volume for volume in pod["spec"]["volumes"] if volume["name"] == "files"]
    assert files["secret"]["defaultMode"] == 0o440
    assert pod["spec"]["serviceAccountName"] == "tweets-job"
    assert pod["spec"]["terminationGracePeriodSeconds"] == 90
    assert container["lifecycle"]["preStop"]
    assert container["securityContext"]["readOnlyRootFilesystem"]


def test_nothing_restarts_the_driver_so_the_manifests_have_a_deployment(pod):
    assert pod["spec"]["restartPolicy"] == "Never"
    assert "ownerReferences" not in pod["metadata"]


def test_what_belongs_to_the_driver_goes_with_it(asked, pod):
    others = [made for kind in ("Service", "ConfigMap") for made in asked.of_kind(kind)]
    assert others
    for made in others:
        [owner] = made["metadata"]["ownerReferences"]
        assert owner["uid"] == pod["metadata"]["uid"]


def test_whoever_submits_needs_these_rights(asked):
    assert set(asked.calls) == {
        Call("", "pods", "create"),
        Call("", "services", "patch"),
        Call("", "configmaps", "patch"),
        Call("networking.k8s.io", "networkpolicies", "patch"),
    }
