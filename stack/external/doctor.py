"""Check the services that others run: ``python -m stack doctor --external``."""

import logging
import os
from collections.abc import Iterator

import requests

from access.hdfs.access import HdfsAccess, split_root
from access.kafka.access import KafkaAccess, KafkaAccessError
from settings import Settings
from stack.external.brokers import check_brokers
from stack.external.folders import check_address, check_data_root, check_event_log
from stack.external.namenodes import NameNodeSearch, check_active
from stack.machine_checks import Finding, check_disk, check_jars, check_java, check_model

TIMEOUT_SECONDS = 5
HISTORY_REMEDY = "ask those who run it for its address, and correct TWEETS_HISTORY_URL"


def examine_external(settings: Settings) -> Iterator[Finding]:
    """Make every check without writing anything; what is missing is to be asked of others."""
    # What the client has to say of a broker that is away, the finding says better.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    yield check_java()
    yield check_jars("spark")
    yield check_disk(settings.local_dir)
    yield check_model(settings.model_root)
    try:
        access = KafkaAccess.read(settings)
    except KafkaAccessError as error:
        yield Finding.quote("Kafka", error)
    else:
        yield from check_brokers(access, settings.topic)
    yield from _check_hdfs(settings)
    if settings.history_url:
        yield check_history(settings.history_url)


def _check_hdfs(settings: Settings) -> Iterator[Finding]:
    root, namenode = split_root(settings.data_root), None
    if root.scheme == "hdfs":
        access = HdfsAccess.read(settings)
        search = NameNodeSearch(access)
        yield from search.run()
        yield check_address(root, os.environ.get("HADOOP_CONF_DIR"))
        if namenode := search.active:
            path = root.path.rstrip("/") or "/"
            yield from check_active(namenode, f"{root.path.rstrip('/')}/_probe")
            yield from check_data_root(namenode, path, access.name)
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
