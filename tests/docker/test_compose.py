"""What can be known of the containers without an engine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ROOT
from compose_file import DOCKER, FILE, read_compose, read_services

SERVICES = read_services()
ONE_SHOT = {name for name in SERVICES if "restart" in SERVICES[name]} & {
    name
    for name, service in SERVICES.items()
    if service["restart"].startswith("on-failure") or service["restart"] == "no"
}
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
    assert "restart" in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["logging"]["options"]["max-size"]
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")
    assert not re.search(r":latest$|^[^:]+$", service["image"])
    assert not re.search("zookeeper|bitnami", str(service), re.IGNORECASE)


@pytest.mark.parametrize("name", SERVICES.keys() - ONE_SHOT)
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


def test_what_stays_running_fits_a_laptop_of_eight_gigabytes():
    units = {"m": 1, "g": 1024}
    limits = [
        int(service["mem_limit"][:-1]) * units[service["mem_limit"][-1]]
        for name, service in SERVICES.items()
        if name not in ONE_SHOT and "profiles" not in service
    ]
    assert sum(limits) <= 7 * 1024


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


def test_the_image_has_the_locked_versions():
    locked, ours = (
        set(re.findall(r"^([\w.-]+==\S+)", path.read_text(), re.MULTILINE))
        for path in (ROOT / "requirements.txt", DOCKER / "requirements.txt")
    )
    assert ours <= locked
    assert not [name for name in ours if name.startswith(("pytest", "mypy", "ruff"))]


def test_the_jars_have_the_versions_of_the_images():
    jars = (ROOT / "stack/jars.toml").read_text()
    kafka = SERVICES["kafka-1"]["image"].rpartition(":")[2]
    hadoop = SERVICES["namenode"]["image"].rpartition(":")[2]
    assert f"org.apache.kafka:kafka_2.13:{kafka}" in jars
    assert f"org.apache.hadoop:hadoop-client-minicluster:{hadoop}" in jars


def test_every_knob_of_the_example_is_used():
    knobs = re.findall(r"^# ([A-Z_]+)=", (DOCKER / ".env.example").read_text(), re.MULTILINE)
    used = set(re.findall(r"\$\{(\w+):-", FILE.read_text()))
    assert set(knobs) == used
