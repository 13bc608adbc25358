"""What the stack looks like from outside: addresses, processes, memory."""

from typing import Any

import psutil

from settings import Settings
from stack.process import find_process
from stack.state import read_state


def describe_stack(settings: Settings) -> dict[str, Any]:
    """Describe the stack as `status --json` prints it."""
    state = read_state(settings.local_dir)
    if state is None:
        return {"running": False, "spark_master": None, "services": []}
    services = []
    for service in state.services:
        process = find_process(service)
        services.append(
            {
                "name": service.name,
                "pid": service.pid,
                "running": process is not None,
                "port": service.port,
                "rss_bytes": _measure_memory(process),
            }
        )
    return {
        "running": bool(services) and all(service["running"] for service in services),
        "bootstrap_servers": state.bootstrap_servers,
        "hdfs_url": state.hdfs_url,
        "webhdfs_url": state.webhdfs_url,
        "spark_master": state.spark_master,
        "spark_url": state.spark_url,
        "hadoop_conf_dir": str(state.hadoop_conf_dir),
        "topic": state.topic,
        "services": services,
    }


def print_status(status: dict[str, Any]) -> None:
    """Print a description for people."""
    for service in status["services"]:
        condition = "running" if service["running"] else "ENDED"
        print(
            f"{service['name']:<14} {condition:<8} port {service['port']:<6} "
            f"pid {service['pid']:<8} {service['rss_bytes'] / 1e6:.0f} MB"
        )
    if not status["services"]:
        print("Nothing is running: start it with `python -m stack up`.")
        return
    print(f"Kafka          {status['bootstrap_servers']}, topic {status['topic']}")
    print(f"HDFS           {status['hdfs_url']}")
    print(f"HDFS page      {status['webhdfs_url']}")
    if status["spark_master"]:
        print(f"Spark          {status['spark_master']}")
        print(f"Spark page     {status['spark_url']}")


def _measure_memory(process: psutil.Process | None) -> int:
    try:
        return int(process.memory_info().rss) if process else 0
    except psutil.NoSuchProcess:
        return 0
