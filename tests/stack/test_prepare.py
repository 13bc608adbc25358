"""What is made on services of others, and which commands are handed on where that may not be."""

from pathlib import Path
from uuid import uuid4

import pytest
from stack_command import StackCommand
from stub_namenode import StubNameNode

from settings import Settings
from stack.doctor.findings import Finding
from stack.prepare import Owner, prepare, prepare_folder

ROOT = "/data/tweets"


def make(stub: StubNameNode, owner: str | None = None) -> Finding:
    return prepare_folder(stub.open(), ROOT, "us", Owner.parse(owner) if owner else None)


def test_a_folder_is_made_for_its_owner_alone_below_folders_for_all(stub: StubNameNode) -> None:
    assert not make(stub, "tweets:team").remedy
    assert stub.folders[ROOT]["permission"] == "750"
    assert stub.folders["/data"]["permission"] == "755"
    assert (stub.folders[ROOT]["owner"], stub.folders[ROOT]["group"]) == ("tweets", "team")
    assert stub.folders["/data"]["owner"] == "us"


def test_what_is_there_is_told_and_left_alone(stub: StubNameNode) -> None:
    stub.folders[ROOT] = {**stub.folders["/"], "permission": "777"}
    finding = make(stub)
    assert finding.detail == "is there already, of tweets:team with mode 777"
    assert {operation for operation, _ in stub.asked} == {"GETFILESTATUS"}


def test_a_second_run_changes_nothing(stub: StubNameNode) -> None:
    make(stub, "tweets")
    stub.asked.clear()
    assert not make(stub, "tweets").remedy
    assert {operation for operation, _ in stub.asked} == {"GETFILESTATUS"}


def test_where_we_may_not_make_it_the_commands_are_handed_on(stub: StubNameNode) -> None:
    stub.refusals["MKDIRS"] = "AccessControlException"
    assert make(stub, "tweets:team").remedy == (
        f"hand this to whoever may: hdfs dfs -mkdir -p {ROOT} && hdfs dfs -chown tweets:team {ROOT}"
        f" && hdfs dfs -chmod 750 {ROOT}"
    )
    assert f"-chown us {ROOT}" in make(stub).remedy


def test_where_we_may_not_give_it_away_only_that_is_handed_on(stub: StubNameNode) -> None:
    stub.refusals["SETOWNER"] = "AccessControlException"
    finding = make(stub, "tweets")
    assert finding.detail.startswith("made, but not given away")
    assert "mkdir" not in finding.remedy
    assert f"-chown tweets {ROOT}" in finding.remedy


def test_without_services_each_part_says_so() -> None:
    settings = Settings(
        bootstrap_servers="127.0.0.1:1",
        webhdfs_url="http://127.0.0.1:1",
        data_root="hdfs://cluster/tweets",
    )
    findings = list(prepare(settings, None))
    assert len(findings) == 3
    assert all(finding.remedy for finding in findings)


def test_a_data_root_elsewhere_needs_nothing() -> None:
    settings = Settings(bootstrap_servers="127.0.0.1:1", data_root="file:/tmp/tweets")
    *_, hdfs = prepare(settings, None)
    assert not hdfs.remedy


@pytest.fixture
def env(stack) -> dict[str, str]:
    name = uuid4().hex[:8]
    return stack.env | {
        "TWEETS_TOPIC": f"external-{name}",
        "TWEETS_TOPIC_PARTITIONS": "2",
        "TWEETS_DATA_ROOT": f"{stack.hdfs_url}/external-{name}/tweets",
    }


def run(env: dict[str, str], *arguments: str) -> str:
    result = StackCommand(Path(env["TWEETS_LOCAL_DIR"]), env).run(*arguments)
    assert not result.stderr
    assert bool(result.returncode) is ("FAIL" in result.stdout)
    return result.stdout


def find_failures(said: str) -> list[str]:
    # Whether a model is live here is none of the services' business.
    lines = [line for line in said.splitlines() if line.split()[1] != "model"]
    return [line for line in lines if line.startswith("FAIL")]


def test_what_is_missing_is_made_once_and_then_the_doctor_finds_all_well(env) -> None:
    before = run(env, "doctor", "--external")
    assert "topic external-" in "\n".join(find_failures(before))
    made = run(env, "prepare", "--owner", "tweets:team")
    assert "created with 2 partitions" in made
    assert "made, of tweets:team with mode 750" in made
    again = run(env, "prepare", "--owner", "tweets:team")
    assert again.count("is there already") == 2
    assert not find_failures(run(env | {"TWEETS_HDFS_USER": "tweets"}, "doctor", "--external"))


def test_who_may_not_gets_the_commands_to_hand_on(env) -> None:
    run(env, "prepare", "--owner", "tweets")
    stranger = env | {"TWEETS_HDFS_USER": "stranger"}
    assert "hdfs dfs -chown stranger" in run(stranger, "doctor", "--external")
    elsewhere = env["TWEETS_DATA_ROOT"] + "-of-a-stranger"
    said = run(stranger | {"TWEETS_DATA_ROOT": elsewhere}, "prepare")
    assert "hand this to whoever may: hdfs dfs -mkdir -p" in said
