"""All that a plan of capacity rests on: what was measured here, and what is taken as given."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from bench.measured import Results, derive_quantities
from bench.quantities import Quantity

RESULTS = Path(__file__).with_name("scaling.json")
_STATED = Path(__file__).with_name("assumptions.toml")


@dataclass(frozen=True)
class Assumptions:
    """The numbers of assumptions.toml, then those that follow from the measurement."""

    trigger_seconds: Quantity
    batch_limit: Quantity
    partitions: Quantity
    small_batch: Quantity
    driver_heap: Quantity
    local_cores: Quantity
    poll_seconds: Quantity
    linger_seconds: Quantity
    replicas: Quantity
    namenode_heap: Quantity
    folder_limit: Quantity
    block_bytes: Quantity
    heap_per_block: Quantity
    retention_seconds: Quantity
    broker_bytes_per_second: Quantity
    broker_replicas: Quantity
    busy_share: Quantity
    cores_per_executor: Quantity
    memory_per_core: Quantity
    least_executors: Quantity
    broker_disk: Quantity
    datanode_disk: Quantity

    core_seconds_per_tweet: Quantity
    seconds_per_batch: Quantity
    seconds_per_file: Quantity
    bytes_per_tweet: Quantity
    bytes_per_file: Quantity
    bytes_per_message: Quantity
    bytes_per_record_batch: Quantity
    bytes_per_entry: Quantity
    listing_seconds_per_entry: Quantity
    heap_per_entry: Quantity
    python_bytes_per_entry: Quantity
    page_seconds_per_file: Quantity
    producer_seconds_per_tweet: Quantity
    broker_seconds_per_tweet: Quantity
    driver_memory: Quantity
    driver_heap_used: Quantity


def load_assumptions(results: Results | None = None) -> Assumptions:
    """Load what is given, and what was measured: the results in scaling.json if none are passed."""
    stated = tomllib.loads(_STATED.read_text(encoding="utf-8"))
    measured = derive_quantities(results or read_results())
    return Assumptions(**{name: Quantity(**one) for name, one in stated.items()}, **measured)


def read_results() -> Results:
    """Read what the last measurement has found."""
    results: Results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return results
