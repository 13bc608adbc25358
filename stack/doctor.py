"""Check what users of such stacks stumble over: ``python -m stack doctor``."""

import logging
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from settings import Settings
from stack.machine_checks import (
    Finding,
    check_disk,
    check_jars,
    check_java,
    check_local_stack,
    check_model,
)
from stack.service_checks import check_hdfs, check_kafka


def examine(settings: Settings) -> Iterator[Finding]:
    """Make every check against the addresses that all commands use, those of the settings."""
    # What the client has to say of a broker that is away, the finding says better.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    yield check_java()
    yield check_jars()
    yield check_disk(settings.local_dir)
    yield check_model(settings.model_root)
    yield check_local_stack(settings)
    yield from check_kafka(settings.bootstrap_servers, settings.topic)
    if urlsplit(settings.data_root).scheme in ("", "file"):
        yield Finding("HDFS", f"not used, the data root is {settings.data_root}")
    else:
        yield from check_hdfs(settings.data_root, settings.webhdfs_url)


def print_findings(findings: Iterable[Finding], say: Callable[[str], None] = print) -> bool:
    """Print each finding as it comes; say whether all is well."""
    well = True
    for finding in findings:
        well = well and not finding.remedy
        mark = "FAIL" if finding.remedy else "ok"
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        say(f"{mark:<5}{finding.what:<22} {finding.detail}{remedy}")
    return well
