"""Submits the streaming job: what `spark-submit.sh` runs."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import psutil

from jobs.submission import (
    Project,
    SubmissionError,
    build_command,
    build_environment,
    check_kerberos,
    parse_request,
)
from settings import SettingsError, load_settings

HOME = Path(__file__).parent.parent
JARS = Path(sys.prefix) / "jars" / "spark"
CODE = ("jobs", "models", "access", "settings.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Submit the job and wait for its end; the exit code is spark-submit's."""
    try:
        request = parse_request(sys.argv[1:] if arguments is None else arguments)
        settings = load_settings()
        check_kerberos(request, settings)
        jars = sorted(JARS.glob("*.jar"))
        if not jars:
            raise SubmissionError(
                f"The jars of Kafka's connector are missing in {JARS}: run `make setup`."
            )
        with tempfile.TemporaryDirectory(prefix="tweets-") as folder:
            project = Project(HOME, jars, Path(folder) / "code.zip")
            zip_code(project)
            command = build_command(request, settings, project)
            environment = build_environment(request, settings, os.environ)
            return run_spark_submit(command, environment)
    except (SettingsError, SubmissionError) as error:
        print(error, file=sys.stderr)
        return 1


def zip_code(project: Project) -> None:
    """Pack the modules that the driver imports, for a driver on another machine."""
    with ZipFile(project.code, "w") as archive:
        for name in CODE:
            place = project.home / name
            for path in [place] if place.is_file() else sorted(place.rglob("*.*")):
                if path.suffix in (".py", ".toml"):
                    archive.write(path, path.relative_to(project.home))


def run_spark_submit(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run spark-submit; a signal to us ends the query between two batches.

    It goes to the driver alone, the Python child of spark-submit's JVM: the JVM itself would tear
    the query down in the middle of a batch.
    """
    spark_submit = Path(sys.executable).with_name("spark-submit")
    # Ctrl-C at a terminal reaches the JVM too, which keeps what it inherits.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen([spark_submit, *command], cwd=HOME, env=environment)

    def stop_driver(*_: object) -> None:
        with suppress(psutil.NoSuchProcess):
            jvm = psutil.Process(process.pid)
            for receiver in jvm.children() or [jvm]:
                receiver.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_driver)
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
