"""Check what users of such services stumble over: ``python -m stack doctor``."""

import logging
import os
from collections.abc import Iterator

import requests

from access.hdfs.access import HdfsAccess, split_root
from access.kafka.access import KafkaAccess, KafkaAccessError
from settings import Settings
from stack.doctor.findings import OTHERS, OURS, Finding, Remedies
from stack.doctor.folders import check_address, check_data_root, check_event_log
from stack.doctor.kafka import check_kafka
from stack.doctor.machine import check_disk, check_jars, check_java, check_local_stack, check_model
from stack.doctor.namenodes import check_active, find_active

TIMEOUT_SECONDS = 5
HISTORY_REMEDY = "ask those who run it for its address, and correct TWEETS_HISTORY_URL"


def examine(settings: Settings, external: bool = False) -> Iterator[Finding]:
    """Make every check at the addresses of the settings, without writing anything.

    Of `external` services, which others run, what is missing is to be asked of those others.
    """
    # What the client has to say of a broker that is away, the finding says better.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    yield check_java()
    yield check_jars("spark" if external else None)
    yield check_disk(settings.local_dir)
    yield check_model(settings.model_root)
    if not external:
        yield check_local_stack(settings)
    remedies = OTHERS if external else OURS
    try:
        access = KafkaAccess.read(settings)
    except KafkaAccessError as error:
        yield Finding.quote("Kafka", error)
    else:
        yield from check_kafka(access, settings.topic, remedies)
    yield from _check_hdfs(settings, remedies)
    if settings.history_url:
        yield check_history(settings.history_url)


def _check_hdfs(settings: Settings, remedies: Remedies) -> Iterator[Finding]:
    root, namenode = split_root(settings.data_root), None
    if root.scheme == "hdfs":
        access = HdfsAccess.read(settings)
        namenode = yield from find_active(access, remedies)
        yield check_address(root, os.environ.get("HADOOP_CONF_DIR"), remedies)
        if namenode:
            path = root.path.rstrip("/")
            yield from check_active(namenode, f"{path}/_probe", remedies)
            yield from check_data_root(namenode, path or "/", access.name, remedies)
    else:
        yield Finding("HDFS", f"not used, the data root is {settings.data_root}")
    if settings.event_log:
        yield check_event_log(namenode, settings.event_log)


def check_history(url: str) -> Finding:
    """Check that a Spark history server answers."""
    what = f"history {url}"
    place = f"{url.rstrip('/')}/api/v1/applications"
    try:
        response = requests.get(place, params={"limit": 1}, timeout=TIMEOUT_SECONDS)
        response.raise_for_status()
        response.json()
    except (requests.ConnectionError, requests.Timeout):
        return Finding(what, "does not answer", HISTORY_REMEDY)
    except (requests.RequestException, ValueError):
        return Finding(what, "does not answer as a history server does", HISTORY_REMEDY)
    return Finding(what, "answers")
