"""The whole stack: start it, look at it, stop it."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from access.kafka.access import KafkaAccess
from settings import Settings
from stack import hdfs, kafka, spark
from stack.errors import StackError
from stack.java import find_java
from stack.lock import hold_lock
from stack.ports import (
    DATANODES,
    Ports,
    add_spark,
    check_free,
    is_free,
    pick_free_ports,
    plan_ports,
)
from stack.process import (
    Daemon,
    ServiceProcess,
    find_process,
    start_daemon,
    stop_services,
    wait_ready,
)
from stack.state import StackFolders, StackState, locate_folders, read_state, write_state
from stack.topics import choose_replication

LEAST_FREE_BYTES = 2 << 30
# Generous: a daemon that fails ends at once, and a busy machine is only slow.
READY_SECONDS = 180
GRACE_SECONDS = 5

Say = Callable[[str], None]


def start_stack(
    settings: Settings,
    brokers: int | None = None,
    workers: int = 0,
    free_ports: bool = False,
    say: Say = print,
) -> StackState:
    """Start what does not run yet of Kafka and HDFS, wait until all serve, create the topic.

    Without a number of `brokers`, there are as many as have messages here, or one. With `workers`,
    a Spark master and that many workers are started too; those that run already stay.
    Raises `StackError` if that cannot be; then what this call started is stopped again.
    """
    folders = locate_folders(settings.local_dir)
    with _hold_lock(folders):
        kept = read_state(settings.local_dir)
        running = [one for one in kept.services if find_process(one)] if kept else []
        brokers = _check_data(folders, brokers)
        if kept and running:
            free_ports = kept.free_ports
            ports = _join_spark(kept.ports, workers, free_ports)
        else:
            ports = _choose_ports(settings, brokers, free_ports, kept)
            ports = _join_spark(ports, workers, free_ports)
            check_free(ports.name_all())
            _check_disk(folders)
            shutil.rmtree(folders.temporary, ignore_errors=True)
        state = StackState(ports, free_ports, settings.topic, folders.hadoop_conf, running)
        before = dataclasses.replace(state, ports=kept.ports) if kept and running else state
        daemons = _prepare(folders, ports, say)
        state = _start_missing(folders, before, state, daemons, say)
        _create_topic(settings, state, say)
        return state


def stop_stack(settings: Settings, say: Say = print) -> None:
    """Stop what runs of the stack, in order; kill what has not ended after some seconds."""
    folders = locate_folders(settings.local_dir)
    state = read_state(settings.local_dir)
    if state is None or not state.services:
        say("Neither Kafka nor HDFS was started from here.")
        return
    with _hold_lock(folders):
        _stop_in_order(state.services, say)
        write_state(folders, dataclasses.replace(state, services=[]))


def _check_data(folders: StackFolders, brokers: int | None) -> int:
    hdfs.is_formatted(folders)
    formatted = kafka.count_formatted(folders)
    brokers = brokers or formatted or 1
    if formatted not in (0, brokers):
        raise StackError(
            f"{folders.kafka} holds the messages of {formatted} broker(s), not of {brokers}: start "
            f"with --brokers {formatted}, or delete that folder to start anew without them."
        )
    return brokers


def _choose_ports(
    settings: Settings, brokers: int, free_ports: bool, kept: StackState | None
) -> Ports:
    if not free_ports:
        return plan_ports(settings, brokers)
    if kept is None or not kept.free_ports or len(kept.ports.brokers) != brokers:
        return pick_free_ports(brokers)
    ports = dataclasses.replace(kept.ports, spark=[])
    still_free = all(is_free(port) for port, _ in ports.name_all())
    return ports if still_free else pick_free_ports(brokers)


def _join_spark(ports: Ports, workers: int, free_ports: bool) -> Ports:
    if not workers:
        return ports
    if not ports.spark:
        joined = add_spark(ports, workers, free_ports)
        check_free(joined.name_spark())
        return joined
    running = len(ports.spark) - 1
    if workers != running:
        raise StackError(
            f"Spark runs here with {running} worker(s), not with {workers}: leave --workers out, "
            "or stop it first with `python -m stack down`."
        )
    return ports


def _check_disk(folders: StackFolders) -> None:
    free = shutil.disk_usage(folders.root).free
    if free < LEAST_FREE_BYTES:
        raise StackError(
            f"Only {free / 1e9:.1f} GB are free for {folders.root}, the stack needs 2 GB: make "
            "room, or set TWEETS_LOCAL_DIR to a folder on another disk."
        )


def _prepare(folders: StackFolders, ports: Ports, say: Say) -> list[Daemon]:
    java = find_java()
    for folder in (folders.logs, folders.configuration, folders.temporary):
        folder.mkdir(exist_ok=True)
    hdfs.write_client_configuration(folders.hadoop_conf)
    with ThreadPoolExecutor() as pool:
        tasks = []
        if not kafka.count_formatted(folders):
            say("Making the folders of Kafka …")
            tasks.append(pool.submit(kafka.format_brokers, java, folders, ports))
        if not hdfs.is_formatted(folders):
            say("Making the folder of the NameNode …")
            tasks.append(pool.submit(hdfs.format_namenode, java, folders, ports))
        for task in tasks:
            task.result()
    return [
        *(kafka.build_broker(java, folders, ports, n) for n in kafka.number_brokers(ports)),
        hdfs.build_namenode(java, folders, ports),
        *(hdfs.build_datanode(java, folders, ports, n) for n in range(1, DATANODES + 1)),
        *spark.build_cluster(java, folders, ports),
    ]


def _start_missing(
    folders: StackFolders, before: StackState, state: StackState, daemons: list[Daemon], say: Say
) -> StackState:
    services = {service.name: service for service in state.services}
    missing = [daemon for daemon in daemons if daemon.name not in services]
    if missing:
        say(f"Starting {', '.join(daemon.name for daemon in missing)} …")
    else:
        say(f"Kafka{', Spark' if state.ports.spark else ''} and HDFS are already running.")
    started: dict[Daemon, ServiceProcess] = {}
    try:
        for daemon in missing:
            started[daemon] = start_daemon(daemon)
            # At once: `down` must know of each process, whatever becomes of this one.
            services[daemon.name] = started[daemon]
            write_state(folders, dataclasses.replace(state, services=list(services.values())))
        wait_ready(started, READY_SECONDS, say)
    except BaseException:
        stop_services(list(started.values()), GRACE_SECONDS)
        write_state(folders, before)
        raise
    state = dataclasses.replace(state, services=[services[daemon.name] for daemon in daemons])
    write_state(folders, state)
    return state


def _create_topic(settings: Settings, state: StackState, say: Say) -> None:
    replication = choose_replication(len(state.ports.brokers))
    access = KafkaAccess(tuple(state.bootstrap_servers.split(",")))
    created = kafka.create_topic(access, settings.topic, settings.topic_partitions, replication)
    if created:
        say(f"Created the topic {settings.topic} with {settings.topic_partitions} partitions.")


def _stop_in_order(services: list[ServiceProcess], say: Say) -> None:
    groups: dict[str, list[ServiceProcess]] = {"Spark": [], "Kafka": [], "HDFS": []}
    for service in services:
        kind = service.name.partition("-")[0].capitalize()
        groups[kind if kind in groups else "HDFS"].append(service)
    for what, group in groups.items():
        if not group:
            continue
        say(f"Stopping {what} …")
        for name in stop_services(group, GRACE_SECONDS):
            say(f"  {name} did not end within {GRACE_SECONDS} s and was killed.")


@contextmanager
def _hold_lock(folders: StackFolders) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(folders.root / "lock", wait=False))
        except BlockingIOError:
            raise StackError(
                f"Another `python -m stack` is at work in {folders.root}: wait until it is done."
            ) from None
        except OSError as error:
            raise StackError(
                f"{folders.root} cannot be used ({error.strerror}): set TWEETS_LOCAL_DIR to a "
                "folder that can be written."
            ) from None
        yield
