"""The job as the manifests run it: a driver whose executors are pods of its own."""

import pytest
from commands import run_module, wait_until
from manifests import FOLDER, find
from stub_api import Call
from stub_kubelet import NAMESPACE, PODS, StubKubelet

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
    settings = find("ConfigMap", "tweets")
    places = ("TWEETS_MODEL_ROOT", "TWEETS_LOCAL_DIR")
    settings["data"] |= {
        name: value
        for name, value in env.items()
        if name not in places and name.startswith(("TWEETS_", "HADOOP_CONF_DIR"))
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


@pytest.mark.timeout(200)
def test_the_job_stores_every_tweet_by_executors_that_are_pods_and_stops_between_two_batches(
    env, kubelet
):
    run_module("producer", "--rate", "5000", "--count", str(TWEETS), "--seed", "7", env=env)
    pod = {"kind": "Pod", **find("Deployment", "job")["spec"]["template"]}
    pod["metadata"]["name"] = "job-1"
    kubelet.api.create(f"{PODS}/job-1", pod)

    wait_until(lambda: "INFO batch 0: 500" in kubelet.read_log("job-1"), 120)
    executors = [pod for pod in kubelet.api.of_kind("Pod") if pod["metadata"]["name"] != "job-1"]
    assert kubelet.stop("job-1") == 0

    assert f"each is stored exactly once: {TWEETS} tweets" in run_module(
        "jobs.verify", "--topic", env=env
    )
    assert len(executors) == 2
    for executor in executors:
        [owner] = executor["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"]) == ("Pod", "job-1")
        assert "TWEETS_" not in str(executor["spec"])
    assert kubelet.api.list_names(PODS) == {"job-1"}
    allowed = {
        Call(group, resource, verb)
        for rule in find("Role", "tweets-job")["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    print("CALLS", sorted((c.group, c.resource, c.verb) for c in set(kubelet.api.calls)))
    assert set(kubelet.api.calls) <= allowed
