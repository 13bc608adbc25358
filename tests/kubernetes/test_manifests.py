"""The manifests are what Kubernetes accepts, fit together, and give no pod more than it needs."""

import kubernetes_validate
import pytest
from manifests import FILES, KUSTOMIZATION, find, list_pods, read_all, read_file

from settings import Settings

PODS = list_pods()
SETTINGS = {f"TWEETS_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(params=PODS)
def pod(request):
    return PODS[request.param]


@pytest.fixture
def container(pod):
    [container] = pod["spec"]["containers"]
    return container


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_kubernetes_knows_every_field(path):
    for thing in read_file(path.name):
        kubernetes_validate.validate(thing, "1.32", strict=True)


def test_all_is_applied_but_templates_and_the_example_of_secrets():
    others = {path.name for path in FILES} - set(KUSTOMIZATION["resources"])
    assert others == {"driver-pod.yaml", "executor-pod.yaml", "secret.example.yaml"}


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_only_settings_that_there_are_reach_an_environment(kind):
    named = {
        key
        for thing in read_all()
        if thing["kind"] == kind and thing["metadata"]["name"] != "tweets-files"
        for key in thing.get("data", {}) | thing.get("stringData", {})
    }
    assert named
    assert named <= SETTINGS | {"HADOOP_CONF_DIR"}


def test_the_settings_hold_no_secret():
    secrets = {
        key for name in ("tweets-kafka", "tweets-x") for key in find("Secret", name)["stringData"]
    }
    assert not secrets & set(find("ConfigMap", "tweets")["data"])


def test_what_a_pod_refers_to_exists(pod, container):
    generated = {("ConfigMap", made["name"]) for made in KUSTOMIZATION["configMapGenerator"]}
    known = {(thing["kind"], thing["metadata"]["name"]) for thing in read_all()} | generated
    # Made by whoever needs it, of files of their HDFS.
    known.add(("ConfigMap", "hadoop"))
    wanted = set()
    for source in container.get("envFrom", []):
        for key, kind in {"configMapRef": "ConfigMap", "secretRef": "Secret"}.items():
            if key in source:
                wanted.add((kind, source[key]["name"]))
    for volume in pod["spec"]["volumes"]:
        for key, (kind, field) in {
            "configMap": ("ConfigMap", "name"),
            "secret": ("Secret", "secretName"),
            "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
        }.items():
            if key in volume:
                wanted.add((kind, volume[key][field]))
    if "serviceAccountName" in pod["spec"]:
        wanted.add(("ServiceAccount", pod["spec"]["serviceAccountName"]))
    assert wanted <= known


def test_every_mount_has_its_volume(pod, container):
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["spec"]["volumes"]}


def test_a_pod_starts_without_the_secrets_that_nobody_made(pod, container):
    for source in container.get("envFrom", []):
        assert source.get("secretRef", {"optional": True})["optional"]
    for volume in pod["spec"]["volumes"]:
        assert volume.get("secret", {"optional": True})["optional"]


def test_files_of_secrets_are_closed_to_others(pod, container):
    for volume in pod["spec"]["volumes"]:
        assert volume.get("secret", {"defaultMode": 0o440})["defaultMode"] == 0o440
    assert pod["spec"]["securityContext"]["fsGroup"] == pod["spec"]["securityContext"]["runAsGroup"]


def test_no_pod_may_do_more_than_it_needs(pod, container):
    assert (
        pod["spec"]["securityContext"].items()
        >= {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }.items()
    )
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_only_the_driver_may_speak_to_kubernetes(pod):
    is_driver = pod["metadata"]["labels"]["app.kubernetes.io/component"] == "job"
    assert pod["spec"].get("serviceAccountName") == ("tweets-job" if is_driver else None)
    assert pod["spec"].get("automountServiceAccountToken", True) is is_driver


def test_only_the_producer_knows_the_token_of_x():
    knowing = [name for name, pod in PODS.items() if "'tweets-x'" in str(pod)]
    assert knowing == ["producer Deployment"]


def test_models_are_written_where_they_are_trained_and_promoted():
    writing = [
        name
        for name, pod in PODS.items()
        for mount in pod["spec"]["containers"][0]["volumeMounts"]
        if mount["name"] == "models" and not mount.get("readOnly")
    ]
    assert writing == ["job Deployment", "model Job"]


@pytest.mark.parametrize("name", ["job", "dashboard"])
def test_a_service_leads_to_its_pods_and_their_ports(name):
    service = find("Service", name)["spec"]
    pod = find("Deployment", name)["spec"]["template"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    ports = pod["spec"]["containers"][0]["ports"]
    reachable = {port["containerPort"] for port in ports} | {port["name"] for port in ports}
    assert {port.get("targetPort", port["port"]) for port in service["ports"]} <= reachable


@pytest.mark.parametrize("name", ["job", "producer"])
def test_of_what_may_run_only_once_the_old_one_ends_first(name):
    deployment = find("Deployment", name)["spec"]
    assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})


def test_all_pods_are_of_one_image(pod, container):
    name, _, tag = container["image"].partition(":")
    [image] = KUSTOMIZATION["images"]
    assert name == image["name"]
    assert tag in ("", image["newTag"])
