"""What spark-submit is told: the job, its jars and its settings, for whatever master there is."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from access.hdfs.kerberos import KerberosError, check_keytab, check_pair
from settings import Settings

APPLICATION = "jobs/classify_tweets.py"
IMAGE_HOME = Path("/app")
"""Where the project lies in our image, as docker/Dockerfile says."""
IMAGE_JARS = IMAGE_HOME / ".venv/jars/spark"

_LOOPBACK = ("127.0.0.1", "localhost")
_DRIVER_ENVIRONMENT = {"yarn": "spark.yarn.appMasterEnv", "k8s": "spark.kubernetes.driverEnv"}
_ABOUT = (
    "Run the streaming job. Every other option goes to spark-submit, and stands above ours: "
    "--executor-memory 4g, --num-executors 3, --conf …"
)


class SubmissionError(Exception):
    """A job that cannot be submitted that way; the message says which way can."""


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line; `options` are for spark-submit, as they came."""

    master: str
    deploy_mode: str
    available_now: bool
    jars: tuple[str, ...]
    py_files: tuple[str, ...]
    options: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of master: `local`, `spark`, `yarn`, `k8s`."""
        return self.master.partition(":")[0].partition("[")[0]

    @property
    def is_on_this_machine(self) -> bool:
        """Whether driver and executors talk over loopback."""
        return self.kind == "local" or urlsplit(self.master).hostname in _LOOPBACK

    @property
    def is_in_image(self) -> bool:
        """Whether the driver starts from our image, which has the code and the jars."""
        return self.kind == "k8s" and self.deploy_mode == "cluster"


@dataclass(frozen=True)
class Project:
    """Where our code lies on this machine: the project, the jars, and a zip of the modules."""

    home: Path
    jars: Sequence[Path]
    code: Path


def parse_request(arguments: Sequence[str]) -> Request:
    """Read the command line; raise `SubmissionError` for what no master can do."""
    parser = argparse.ArgumentParser(
        prog="spark-submit.sh", description=_ABOUT, add_help=False, allow_abbrev=False
    )
    parser.add_argument("--help", action="help", help="show this")
    parser.add_argument(
        "--available-now", action="store_true", help="store what is in the topic now, then end"
    )
    parser.add_argument(
        "--master", help="local[N], spark://HOST:PORT, yarn or k8s://ADDRESS (default: local[2])"
    )
    parser.add_argument("--deploy-mode", help="where the driver runs: client (default) or cluster")
    parser.add_argument("--jars", default="", help="further jars, separated by commas")
    parser.add_argument("--py-files", default="", help="further Python code, as spark-submit's")
    parser.add_argument("--conf", action="append", default=[], metavar="NAME=VALUE")
    known, others = parser.parse_known_args(arguments)
    configured = dict(setting.partition("=")[::2] for setting in known.conf)
    request = Request(
        known.master or configured.get("spark.master", "local[2]"),
        known.deploy_mode or configured.get("spark.submit.deployMode", "client"),
        known.available_now,
        _split_list(known.jars),
        _split_list(known.py_files),
        (*others, *_write_options("--conf", known.conf)),
    )
    if request.deploy_mode == "cluster" and request.kind not in _DRIVER_ENVIRONMENT:
        raise SubmissionError(
            f"The master {request.master} cannot start a Python driver (--deploy-mode cluster): "
            "leave that option out, and let systemd or the like restart the driver."
        )
    return request


def check_kerberos(request: Request, settings: Settings) -> None:
    """Check that the job can be known to HDFS by Kerberos, if it is to be.

    Raises `SubmissionError` if not, or if others may read the keys.
    """
    principal, keytab = settings.kerberos_principal, settings.kerberos_keytab
    try:
        check_pair(principal, keytab)
        # A driver in the image finds the keytab there.
        if keytab and not request.is_in_image:
            check_keytab(keytab)
    except KerberosError as error:
        raise SubmissionError(str(error)) from None
    if principal and request.kind == "spark":
        raise SubmissionError(
            f"The master {request.master} cannot store on an HDFS with Kerberos, since Spark sends "
            "its executors no tokens: use yarn, k8s://… or local[N], or unset "
            "TWEETS_KERBEROS_PRINCIPAL and TWEETS_KERBEROS_KEYTAB."
        )


def build_command(request: Request, settings: Settings, project: Project) -> list[str]:
    """Write what follows `spark-submit`: our defaults, what was asked for, the job."""
    if request.is_in_image:
        jars = [f"local://{IMAGE_JARS / jar.name}" for jar in project.jars]
        application = f"local://{IMAGE_HOME / APPLICATION}"
    else:
        jars = [str(jar) for jar in project.jars]
        application = str(project.home / APPLICATION)
    command = ["--master", request.master, "--deploy-mode", request.deploy_mode]
    command += ["--jars", ",".join([*jars, *request.jars])]
    code = [] if request.kind == "local" or request.is_in_image else [str(project.code)]
    if py_files := [*code, *request.py_files]:
        command += ["--py-files", ",".join(py_files)]
    command += _write_options("--conf", list_configuration(request, settings))
    if settings.kerberos_principal and settings.kerberos_keytab:
        command += ["--principal", settings.kerberos_principal]
        command += ["--keytab", str(settings.kerberos_keytab)]
    return [
        *command,
        *request.options,
        application,
        *(["--available-now"] if request.available_now else []),
    ]


def list_configuration(request: Request, settings: Settings) -> Iterator[str]:
    """List what Spark has to know, as `name=value`."""
    yield "spark.log.level=ERROR"
    yield "spark.ui.showConsoleProgress=false"
    yield "spark.driver.extraJavaOptions=-XX:+UseParallelGC"
    if settings.kafka_token_url:
        # Kafka's client asks no other address for a token.
        allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={settings.kafka_token_url}"
        yield f"spark.driver.defaultJavaOptions={allowed}"
        yield f"spark.executor.defaultJavaOptions={allowed}"
    if settings.event_log:
        yield "spark.eventLog.enabled=true"
        yield f"spark.eventLog.dir={settings.event_log}"
    if request.is_in_image:
        # Spark would take the Python of the machine that submits.
        yield f"spark.pyspark.python={IMAGE_HOME}/.venv/bin/python"
    if request.deploy_mode == "cluster":
        prefix = _DRIVER_ENVIRONMENT[request.kind]
        for name, value in list_driver_environment(settings):
            yield f"{prefix}.{name}={value}"


def list_driver_environment(settings: Settings) -> Iterator[tuple[str, str]]:
    """List what the environment of a driver elsewhere must hold: settings, but no secrets."""
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        if value is not None and not isinstance(value, SecretStr):
            yield f"TWEETS_{name.upper()}", str(value)
    if settings.hdfs_user:
        yield "HADOOP_USER_NAME", settings.hdfs_user


def build_environment(
    request: Request, settings: Settings, environment: Mapping[str, str]
) -> dict[str, str]:
    """Complete the environment of spark-submit, which is that of a driver in client mode."""
    built = dict(environment)
    if request.deploy_mode == "cluster":
        # Spark hands it on, and older code at that path would stand above what is submitted.
        built.pop("PYTHONPATH", None)
    if request.is_on_this_machine:
        # Alone, Spark's page and the driver's own ports would be open to the network.
        built.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    hadoop_conf = settings.local_dir.absolute() / "stack" / "hadoop-conf"
    is_local = urlsplit(settings.data_root).hostname in _LOOPBACK and hadoop_conf.is_dir()
    if is_local and request.deploy_mode == "client":
        built.setdefault("HADOOP_CONF_DIR", str(hadoop_conf))
    if settings.hdfs_user:
        built["HADOOP_USER_NAME"] = settings.hdfs_user
    return built


def _split_list(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _write_options(name: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (name, value)]
