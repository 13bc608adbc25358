"""What spark-submit is told for each kind of master."""

import dataclasses
import itertools
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobs.submission import (
    Project,
    SubmissionError,
    build_command,
    build_environment,
    check_kerberos,
    parse_request,
)
from settings import Settings

PROJECT = Project(
    Path("/home/me/tweets"),
    [
        Path("/home/me/tweets/.venv/jars/spark/a.jar"),
        Path("/home/me/tweets/.venv/jars/spark/b.jar"),
    ],
    Path("/scratch/code.zip"),
)
OURS = "/home/me/tweets/.venv/jars/spark/a.jar,/home/me/tweets/.venv/jars/spark/b.jar"
IN_IMAGE = ["--master", "k8s://https://cluster:6443", "--deploy-mode", "cluster"]
MASTERS = ["local[2]", "spark://master:7077", "yarn", "k8s://https://cluster:6443"]


def submit(*arguments: str, **settings: object) -> list[str]:
    request = parse_request(arguments)
    return build_command(request, Settings(_env_file=None, **settings), PROJECT)


def value_of(option: str, command: list[str]) -> str:
    """The value that counts: spark-submit takes the last one."""
    return command[len(command) - 1 - command[::-1].index(option) + 1]


def configuration(command: list[str]) -> dict[str, str]:
    return dict(
        value.split("=", 1) for option, value in itertools.pairwise(command) if option == "--conf"
    )


def test_without_options_the_job_runs_here():
    command = submit()
    assert value_of("--master", command) == "local[2]"
    assert command[-1] == "/home/me/tweets/jobs/classify_tweets.py"
    assert "--py-files" not in command


@pytest.mark.parametrize("master", MASTERS)
def test_jars_of_others_stand_beside_ours(master):
    command = submit("--master", master, "--jars", "theirs.jar")
    assert value_of("--jars", command) == f"{OURS},theirs.jar"


@pytest.mark.parametrize("master", MASTERS[1:])
def test_another_machine_gets_our_code_beside_that_of_others(master):
    command = submit("--master", master, "--py-files=theirs.zip")
    assert value_of("--py-files", command) == "/scratch/code.zip,theirs.zip"


def test_options_of_spark_submit_stand_above_ours_and_before_the_job():
    command = submit(
        *("--executor-memory", "2g", "--conf", "spark.log.level=INFO", "--supervise"),
        *("--driver-java-options", "-XX:+UseSerialGC", "--available-now"),
    )
    job = command.index("/home/me/tweets/jobs/classify_tweets.py")
    assert value_of("--executor-memory", command) == "2g"
    assert value_of("--driver-java-options", command) == "-XX:+UseSerialGC"
    assert configuration(command)["spark.log.level"] == "INFO"
    assert command.index("--supervise") < job
    assert command[job + 1 :] == ["--available-now"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--master", "yarn", "--deploy-mode", "cluster"],
        ["--conf", "spark.master=yarn", "--conf", "spark.submit.deployMode=cluster"],
    ],
)
def test_a_driver_on_yarn_gets_the_settings_but_no_secret(arguments):
    command = submit(
        *arguments,
        topic="mine",
        model_root=Path("/models"),
        kafka_username=None,
        kafka_password=SecretStr("hush"),
        hdfs_user="etl",
    )
    forwarded = {
        "spark.yarn.appMasterEnv.TWEETS_TOPIC": "mine",
        "spark.yarn.appMasterEnv.TWEETS_MODEL_ROOT": "/models",
        "spark.yarn.appMasterEnv.TWEETS_HDFS_USER": "etl",
        "spark.yarn.appMasterEnv.HADOOP_USER_NAME": "etl",
    }
    assert forwarded.items() <= configuration(command).items()
    assert "KAFKA_USERNAME" not in " ".join(command)
    assert "KAFKA_PASSWORD" not in " ".join(command)
    assert "hush" not in " ".join(command)


def test_a_driver_on_kubernetes_finds_all_in_our_image():
    command = submit(*IN_IMAGE, topic="mine")
    assert command[-1] == "local:///app/jobs/classify_tweets.py"
    assert value_of("--jars", command).split(",") == [
        f"local:///app/.venv/jars/spark/{name}.jar" for name in "ab"
    ]
    assert configuration(command)["spark.kubernetes.driverEnv.TWEETS_TOPIC"] == "mine"
    assert configuration(command)["spark.pyspark.python"] == "/app/.venv/bin/python"
    assert "/home/me" not in " ".join(command)
    assert "/scratch" not in " ".join(command)


@pytest.mark.parametrize(("options", "home"), [([], "/scratch/jars"), (IN_IMAGE, "/app/.venv")])
def test_jars_lie_where_they_lie_whatever_the_project_is_reached_through(options, home):
    linked = dataclasses.replace(PROJECT, jars=[Path("/scratch/jars/spark/a.jar")])
    command = build_command(parse_request(options), Settings(_env_file=None), linked)
    assert value_of("--jars", command).removeprefix("local://").startswith(home)


@pytest.mark.parametrize("master", ["spark://master:7077", "local[2]"])
def test_a_master_that_starts_no_python_driver_is_named(master):
    with pytest.raises(SubmissionError, match=r"^The master .* leave that option out"):
        parse_request(["--master", master, "--deploy-mode", "cluster"])


def test_the_history_server_the_token_and_the_keytab_come_from_settings():
    command = submit(
        event_log="hdfs:///spark-history",
        kafka_token_url="https://login/token",
        kerberos_principal="etl@EXAMPLE",
        kerberos_keytab=Path("/etc/etl.keytab"),
    )
    configured = configuration(command)
    assert configured["spark.eventLog.enabled"] == "true"
    assert configured["spark.eventLog.dir"] == "hdfs:///spark-history"
    for part in ("driver", "executor"):
        assert configured[f"spark.{part}.defaultJavaOptions"].endswith("=https://login/token")
    assert value_of("--principal", command) == "etl@EXAMPLE"
    assert value_of("--keytab", command) == "/etc/etl.keytab"


@pytest.fixture
def keytab(tmp_path: Path) -> Path:
    file = tmp_path / "etl.keytab"
    file.touch(0o600)
    return file


def refuse_kerberos(*arguments: str, **settings: object) -> str:
    with pytest.raises(SubmissionError) as refused:
        check_kerberos(parse_request(arguments), Settings(_env_file=None, **settings))
    return str(refused.value)


def test_half_of_what_kerberos_takes_is_refused(keytab):
    assert "name them with TWEETS_KERBEROS_PRINCIPAL" in refuse_kerberos(kerberos_keytab=keytab)
    assert "with TWEETS_KERBEROS_KEYTAB" in refuse_kerberos(kerberos_principal="etl@EXAMPLE")


def test_a_keytab_that_others_may_read_is_refused_but_for_one_in_our_image(keytab):
    keytab.chmod(0o644)
    both = {"kerberos_principal": "etl@EXAMPLE", "kerberos_keytab": keytab}
    assert f"chmod 600 {keytab}" in refuse_kerberos(**both)
    check_kerberos(parse_request(IN_IMAGE), Settings(_env_file=None, **both))


def test_executors_that_get_no_tokens_are_not_sent_to_kerberos(keytab):
    both = {"kerberos_principal": "etl@EXAMPLE", "kerberos_keytab": keytab}
    said = refuse_kerberos("--master", MASTERS[1], **both)
    assert said.startswith(f"The master {MASTERS[1]} cannot store on an HDFS with Kerberos")
    for master in ("local[2]", "yarn", "k8s://https://cluster:6443"):
        check_kerberos(parse_request(["--master", master]), Settings(_env_file=None, **both))


@pytest.mark.parametrize(
    ("master", "bound"),
    [
        ("local[2]", "127.0.0.1"),
        ("spark://127.0.0.1:7077", "127.0.0.1"),
        ("spark://master:7077", None),
        ("yarn", None),
    ],
)
def test_only_a_driver_that_stays_among_itself_is_bound_to_loopback(master, bound):
    request = parse_request(["--master", master])
    environment = build_environment(request, Settings(_env_file=None), {})
    assert environment.get("SPARK_LOCAL_IP") == bound


@pytest.mark.parametrize(("deploy_mode", "finds"), [("client", "/home/me"), ("cluster", None)])
def test_a_driver_elsewhere_takes_our_code_from_nowhere_but_the_submission(deploy_mode, finds):
    request = parse_request(["--master", "yarn", "--deploy-mode", deploy_mode])
    environment = build_environment(request, Settings(_env_file=None), {"PYTHONPATH": "/home/me"})
    assert environment.get("PYTHONPATH") == finds


@pytest.mark.parametrize(
    ("data_root", "arguments", "is_ours"),
    [
        ("hdfs://127.0.0.1:8020/t", [], True),
        ("hdfs://names/t", [], False),
        # Spark would take it along to a driver for which that address is another machine.
        ("hdfs://127.0.0.1:8020/t", ["--master", "yarn", "--deploy-mode", "cluster"], False),
        ("hdfs://127.0.0.1:8020/t", ["--master", "k8s://c", "--deploy-mode", "cluster"], False),
    ],
)
def test_the_local_hdfs_is_configured_only_where_it_is_used(
    data_root, arguments, is_ours, tmp_path
):
    (tmp_path / "stack" / "hadoop-conf").mkdir(parents=True)
    settings = Settings(_env_file=None, data_root=data_root, local_dir=tmp_path, hdfs_user="etl")
    environment = build_environment(parse_request(arguments), settings, {})
    assert ("HADOOP_CONF_DIR" in environment) is is_ours
    assert environment["HADOOP_USER_NAME"] == "etl"
