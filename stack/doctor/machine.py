"""What can be checked on this machine alone: Java, jars, disk, model, processes."""

import shutil
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from settings import Settings
from stack.doctor.findings import Finding
from stack.errors import StackError
from stack.jars import JARS_DIR, find_unfit, read_jars
from stack.java import find_java, read_major
from stack.ports import HOST
from stack.process import find_process
from stack.services import LEAST_FREE_BYTES
from stack.state import StackState, read_state


def check_java() -> Finding:
    """Check that there is a Java that all parts run on."""
    try:
        home = find_java()
    except StackError as error:
        return Finding.quote("Java", error)
    return Finding("Java", f"{read_major(home)} in {home}")


def check_jars(group: str | None = None, folder: Path = JARS_DIR) -> Finding:
    """Check that every jar is there, or of one group, whole, and for the installed pyspark."""
    jars = [jar for jar in read_jars() if group in (None, jar.group)]
    unfit = find_unfit(jars, folder)
    if unfit:
        names = ", ".join(jar.file_name for jar in unfit[:3])
        detail = f"{len(unfit)} of {len(jars)} missing or damaged in {folder}: {names}"
        command = f"python -m stack.jars{f' --group {group}' if group else ''}"
        return Finding("jars", detail, f"fetch them: `{command}`")
    return Finding("jars", f"{len(jars)} are whole, for pyspark {version('pyspark')}")


def check_disk(local_dir: Path) -> Finding:
    """Check that there is room for what a local run writes."""
    folder = local_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB are free for {local_dir}"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", detail, "make room, or set TWEETS_LOCAL_DIR to another disk")
    return Finding("disk", detail)


def check_model(model_root: Path) -> Finding:
    """Check that a model version is live."""
    train = "train and promote one: `python -m training train`"
    try:
        # Its first line is the live version, the others were live before.
        live = (model_root / "current").read_text().split()[0]
    except (OSError, IndexError):
        return Finding("model", f"{model_root} names no live version", train)
    if not (model_root / live / "card.json").is_file():
        return Finding("model", f"{live} is live in {model_root}, but is not there", train)
    return Finding("model", f"{live} is live in {model_root}")


def check_local_stack(settings: Settings) -> Finding:
    """Check that no process of the local stack died, and that the settings lead to it."""
    try:
        state = read_state(settings.local_dir)
    except StackError as error:
        return Finding.quote("local stack", error)
    if state is None or not state.services:
        return Finding("local stack", "not started here; its services may run elsewhere")
    ended = [service.name for service in state.services if find_process(service) is None]
    if ended:
        logs = state.services[0].log.parent
        remedy = f"look into {logs}, then `python -m stack up` starts what is missing"
        return Finding("local stack", f"{', '.join(ended)} ended", remedy)
    if wrong := _list_wrong_settings(settings, state):
        detail = "runs at other addresses than the settings name"
        return Finding("local stack", detail, f"set {' '.join(wrong)}")
    return Finding("local stack", f"all {len(state.services)} processes run")


def _list_wrong_settings(settings: Settings, state: StackState) -> list[str]:
    brokers = {_name_host(server.strip()) for server in settings.bootstrap_servers.split(",")}
    wrong = []
    if not brokers <= set(state.bootstrap_servers.split(",")):
        wrong.append(f"TWEETS_BOOTSTRAP_SERVERS={state.bootstrap_servers}")
    if _name_host(settings.webhdfs_url.rstrip("/")) != state.webhdfs_url:
        wrong.append(f"TWEETS_WEBHDFS_URL={state.webhdfs_url}")
    data_root = urlsplit(settings.data_root)
    if data_root.scheme == "hdfs" and _name_host(f"hdfs://{data_root.netloc}") != state.hdfs_url:
        wrong.append(f"TWEETS_DATA_ROOT={state.hdfs_url}{data_root.path}")
    return wrong


def _name_host(address: str) -> str:
    return address.replace("localhost", HOST)
