"""Tell what it takes to store so many tweets a second, each number with its formula.

    .venv/bin/python -m bench.capacity --tweets-per-second N [N …]

Prints a Markdown table with a column for each N. Its costs were measured on one small machine by
`python -m bench.scaling`; a star marks what is arithmetic beyond that.
"""

import argparse
import math
from collections.abc import Iterator, Sequence

from bench.measured import Measured, load_measured
from jobs.staging import MESSAGES_PER_SMALL_BATCH as SMALL_BATCH
from producer.options import SentenceParser
from settings import Settings
from stack.ports import DATANODES as REPLICAS

# Five times the default, for a fifth of the files.
TRIGGER_SECONDS = 10
# The rest of the time is for peaks, for catching up, and for what only the driver does.
BUSY_SHARE = 0.5
# Kafka's default, log.retention.hours.
RETENTION_DAYS = 7
KEPT_DAYS = 30
# 1 GB for each million blocks, and never less: Cloudera, Disk space versus namespace.
HEAP_PER_BLOCK, LEAST_HEAP = 1_000, 1e9
# dfs.namenode.fs-limits.max-directory-items of Hadoop 3.5.0.
FOLDER_LIMIT = 1_048_576
_DAY = 86_400
_BATCHES = _DAY // TRIGGER_SECONDS
_PARTITIONS: int = Settings.model_fields["topic_partitions"].default

Row = tuple[str, float, str, float, str]
"""What, how much of which unit, up to how many tweets a second that was measured, and why."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each load takes."""
    parser = SentenceParser("python -m bench.capacity", str(__doc__), epilog="")
    name = "--tweets-per-second"
    parser.add_argument(name, type=read_rate, nargs="+", required=True, metavar="N")
    print(tabulate_plans(parser.parse_args(arguments).tweets_per_second, load_measured()))


def read_rate(text: str) -> float:
    """Read tweets a second: from one a batch to those whose files one driver publishes in time."""
    known = load_measured()
    files = int((1 - BUSY_SHARE) * TRIGGER_SECONDS / known.driver_ms_per_file * 1e3)
    least, most = 1 / TRIGGER_SECONDS, files * BUSY_SHARE * known.stored_by_one_core
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not least <= rate <= most:
        raise argparse.ArgumentTypeError(
            f"{text} is not from {least:g} to {most:,.0f}, the most that one driver can publish: "
            "share more out to several topics, each with a job and a data root of its own"
        )
    return rate


def tabulate_plans(rates: Sequence[float], known: Measured) -> str:
    """Lay the plans for some loads side by side, and mark what lies beyond the measurement."""
    plans = [[*plan_kafka(rate, known), *plan_job(rate, known)] for rate in rates]
    lines = [["N, tweets/s", *map(write_amount, rates), "formula"]]
    for rows in zip(*plans, strict=True):
        cells = [
            write_amount(amount, unit) + " *" * (rate > measured_to)
            for rate, (_, amount, unit, measured_to, _) in zip(rates, rows, strict=True)
        ]
        lines.append([rows[0][0], *cells, rows[0][-1]])
    return (
        f"{write_table(lines)}\n\n"
        f"`*` is arithmetic beyond what was measured on {known.day} with {known.cores} cores: "
        f"Kafka to {known.produced:,.0f} tweets/s,\nthe job to {known.stored:,.0f}, objects at "
        f"{known.streamed:,.0f}, and what stands below them not at all."
    )


def plan_kafka(rate: float, known: Measured) -> Iterator[Row]:
    """Plan what takes in N = `rate` tweets a second."""
    to, message = known.produced, known.bytes_per_message
    producing, passing = known.producer_us_per_tweet, known.broker_us_per_tweet
    producers, cores = math.ceil(rate * producing / 1e6), math.ceil(rate * passing / 1e6)
    written = rate * message * REPLICAS
    yield "producers", producers, "", to, f"N · {producing:.0f} µs of a core, one core each"
    brokers = max(REPLICAS, cores)
    yield "brokers' cores", brokers, "", to, f"N · {passing:.0f} µs, one for each broker at least"
    yield "brokers write", written, "B/s", to, f"N · {message:.0f} B · {REPLICAS} replicas"
    kept = written * _DAY * RETENTION_DAYS
    yield "brokers' disk", kept, "B", to, f"the same for {RETENTION_DAYS} days, Kafka's default"


def plan_job(rate: float, known: Measured) -> Iterator[Row]:
    """Plan what stores them, and what that leaves."""
    to, core = known.stored, known.stored_by_one_core
    cores = math.ceil(rate / (BUSY_SHARE * core))
    yield "Spark cores", cores, "", to, f"N ÷ {BUSY_SHARE:.0%} of the {core:,.0f} that one stored"
    partitions = max(_PARTITIONS, cores)
    yield "partitions", partitions, "", to, f"one for each core, {_PARTITIONS} at least"
    batch = rate * TRIGGER_SECONDS
    formula = f"N · {TRIGGER_SECONDS} s (TWEETS_TRIGGER_SECONDS={TRIGGER_SECONDS})"
    yield "messages of a batch", batch, "", to, formula
    files = 1 if batch < SMALL_BATCH else partitions
    formula = f"one for each partition; 1 below {SMALL_BATCH:,} messages"
    yield "files of a batch", files, "", to, formula
    publishing = files * known.driver_ms_per_file / 1e3
    yield "driver publishes for", publishing, "s", to, f"{known.driver_ms_per_file:.0f} ms a file"
    yield from plan_hdfs(rate, files, known)


def plan_hdfs(rate: float, files: int, known: Measured) -> Iterator[Row]:
    """Plan what a day of batches with so many files of tweets leaves, and the days after."""
    to, tweet, file = known.stored, known.bytes_per_tweet, known.bytes_per_file
    stored = REPLICAS * (rate * _DAY * tweet + _BATCHES * files * file)
    each = f"{tweet:.0f} B a tweet and {file / 1e3:.0f} kB a file of tweets"
    yield "HDFS a day", stored, "B", to, f"{each}, {REPLICAS} replicas"
    yield f"HDFS, {KEPT_DAYS} days", KEPT_DAYS * stored, "B", to, "nothing is deleted"
    entered = _BATCHES * (files + 1) + 24
    formula = f"{_BATCHES:,} batches · (files + 1 of the ledger) + 24 of counts"
    yield "files a day", entered, "", to, formula
    objects = 2 * entered + 50
    yield "NameNode objects a day", objects, "", known.streamed, "files, as many blocks, 50 folders"
    heap = max(LEAST_HEAP, entered * KEPT_DAYS * HEAP_PER_BLOCK)
    yield f"NameNode heap, {KEPT_DAYS} days", heap, "B", 0, "1 kB a block, 1 GB at least: Cloudera"
    full = FOLDER_LIMIT / _BATCHES
    yield "ledger's folder is full after", full, "days", 0, f"{FOLDER_LIMIT:,} entries, one a batch"
    listing = known.listing_us_per_entry
    restart = KEPT_DAYS * _BATCHES * listing / 1e6
    yield f"restart after {KEPT_DAYS} days", restart, "s", 0, f"{listing:.0f} µs to list an entry"


def write_amount(amount: float, unit: str = "") -> str:
    """Write it with all digits before the point, or three that count; bytes by their size."""
    if unit.startswith("B"):
        power = min(5, int(math.log10(max(1, amount)) / 3))
        amount, unit = amount / 1_000**power, ("", "k", "M", "G", "T", "P")[power] + unit
    digits = f"{amount:,.0f}" if amount >= 100 or amount == int(amount) else f"{amount:.3g}"
    return f"{digits} {unit}".rstrip()


def write_table(lines: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; columns that begin with a number below their head stand right."""
    heads, *rows = lines
    are_numbers = [cell[:1].isdigit() for cell in rows[0]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["--:" if is_number else "---" for is_number in are_numbers]
    aligned = (
        [
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, are_numbers, strict=True)
        ]
        for line in (heads, rule, *rows)
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in aligned)


if __name__ == "__main__":
    main()
