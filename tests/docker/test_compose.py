"""What can be known of the containers without an engine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT
from compose_file import DOCKER, FILE, read_compose, read_services

SERVICES = read_services()
ONE_SHOT = {name for name, service in SERVICES.items() if service["restart"] != "unless-stopped"}
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("tweet-")}
SCRIPTS = [
    *sorted(ROOT.glob("docker/**/*.sh")),
    ROOT / "spark-submit.sh",
    ROOT / ".ci/run",
]


def check(tool: str, *arguments: str) -> None:
    command = [Path(sys.executable).with_name(tool), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_is_a_compose_file():
    check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE))


def test_the_dockerfile_is_sound():
    check("hadolint", str(DOCKER / "Dockerfile"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_are_sound(script):
    check("shellcheck", str(script))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_and_private(name):
    service = SERVICES[name]
    assert "mem_limit" in service
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["logging"]["options"]["max-size"]
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")
    assert not re.search(r":latest$|^[^:]+$", service["image"])
    assert not re.search("zookeeper|bitnami", str(service), re.IGNORECASE)


def test_one_service_builds_the_image_of_all_of_ours():
    assert [name for name, service in SERVICES.items() if "build" in service] == ["init"]
    assert len({SERVICES[name]["image"] for name in OURS}) == 1


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_image_is_never_pulled_and_never_written_to(name):
    service = SERVICES[name]
    assert service["pull_policy"] == "never"
    assert service["read_only"] is True
    # Without exec, Java could not load the compression libraries that it unpacks there.
    assert service["tmpfs"] == ["/tmp:exec,size=512m"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONE_SHOT))
def test_a_service_that_stays_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"]


def test_whoever_waits_for_another_can():
    for service in SERVICES.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert name in ONE_SHOT


def test_what_runs_at_once_fits_a_laptop_of_eight_gigabytes():
    staying = {
        name
        for name, service in SERVICES.items()
        if name not in ONE_SHOT and "profiles" not in service
    }
    before_training = {
        name for name in staying if "train" not in SERVICES[name].get("depends_on", {})
    }
    for at_once in (staying, before_training | {"train"}):
        assert sum(map(read_limit, at_once)) <= 7 * 1024


def read_limit(name: str) -> int:
    """Read how many megabytes a service may take."""
    number, unit = re.fullmatch(r"(\d+)([mg])", SERVICES[name]["mem_limit"]).groups()
    return int(number) * {"m": 1, "g": 1024}[unit]


def test_host_ports_and_volumes_belong_to_one_service_each():
    ports = [
        port.split(":")[1] for service in SERVICES.values() for port in service.get("ports", [])
    ]
    assert len(ports) == len(set(ports))
    named = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == read_compose()["volumes"].keys()


def test_each_source_of_the_producer_has_a_profile():
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    assert profiles == {"jetstream", "x", "replay"}


def test_the_jars_have_the_versions_of_the_images():
    jars = (ROOT / "stack/jars.toml").read_text()
    kafka, hadoop = (read_tag(name) for name in ("kafka-1", "namenode"))
    assert f"org.apache.kafka:kafka_2.13:{kafka}" in jars
    assert f"org.apache.hadoop:hadoop-client-minicluster:{hadoop}" in jars


def read_tag(name: str) -> str:
    tag: str = SERVICES[name]["image"].partition("@")[0].partition(":")[2]
    return tag


def test_every_knob_of_the_example_is_used():
    knobs = re.findall(r"^# ([A-Z_]+)=", (DOCKER / ".env.example").read_text(), re.MULTILINE)
    used = set(re.findall(r"\$\{(\w+):-", FILE.read_text()))
    assert set(knobs) == used


def test_what_only_its_owner_may_know_is_neither_committed_nor_built_in():
    private = [".env", "own.env", "x-token", "tweets/"]
    ignored = subprocess.run(
        ["git", "check-ignore", *private], cwd=DOCKER, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.split() == private
    assert not [
        name for name in private if f"!docker/{name}" in (ROOT / ".dockerignore").read_text()
    ]
