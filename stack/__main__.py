"""Start, look at, check and stop the local services: ``python -m stack``."""

import argparse
import json
import sys

from settings import Settings, SettingsError, load_settings
from stack.demo import Demo
from stack.doctor.examination import examine
from stack.doctor.findings import print_findings
from stack.errors import StackError
from stack.prepare import Owner, prepare
from stack.services import start_stack, stop_stack
from stack.source import choose_source
from stack.status import describe_stack, print_status

_ABOUT_SOURCES = (
    "Bluesky needs no key; X needs a token and rules, and costs money: no more than a dollar a day "
    "here, unless the producer's option --max-cost-per-day says otherwise. docs/sources.md tells "
    "more. With --seconds, it ends with the proof that all that was produced is stored once."
)


def run_up(settings: Settings, options: argparse.Namespace) -> int:
    """Start Kafka and HDFS, and Spark where workers are asked for, and leave them running."""
    start_stack(settings, options.brokers, options.workers, options.free_ports)
    print_status(describe_stack(settings))
    return 0


def run_status(settings: Settings, options: argparse.Namespace) -> int:
    """Say what runs, where; 1 unless all does."""
    status = describe_stack(settings)
    if options.json:
        print(json.dumps(status, indent=2))
    else:
        print_status(status)
    return 0 if status["running"] else 1


def run_down(settings: Settings, _: argparse.Namespace) -> int:
    """Stop all that runs of it."""
    stop_stack(settings)
    return 0


def run_doctor(settings: Settings, options: argparse.Namespace) -> int:
    """Check Java, jars, Kafka, HDFS and more, and print the remedy beside each failure."""
    return 0 if print_findings(examine(settings, options.external)) else 1


def run_prepare(settings: Settings, options: argparse.Namespace) -> int:
    """Make topic and folder on services of others, or say what to ask their owners for."""
    return 0 if print_findings(prepare(settings, options.owner)) else 1


def run_demo(settings: Settings, options: argparse.Namespace) -> int:
    """Run the whole pipeline here, from the producer to the page, until Ctrl-C."""
    return Demo(settings, [*choose_source(options.source), *options.options], options.seconds).run()


def parse_seconds(text: str) -> float:
    """Read a number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up = commands.add_parser("up", help=run_up.__doc__)
    up.add_argument(
        "--brokers", type=int, choices=(1, 3), help="how many (1 or 3; default: as before, or 1)"
    )
    up.add_argument(
        "--workers",
        type=int,
        default=0,
        choices=range(1, 9),
        metavar="N",
        help="a Spark master and that many workers too (1 to 8; default: no Spark)",
    )
    up.add_argument("--free-ports", action="store_true", help="use any ports that are free")
    up.set_defaults(run=run_up)
    status = commands.add_parser("status", help=run_status.__doc__)
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(run=run_status)
    down = commands.add_parser("down", help=run_down.__doc__)
    down.set_defaults(run=run_down)
    doctor = commands.add_parser("doctor", help=run_doctor.__doc__)
    doctor.add_argument(
        "--external", action="store_true", help="check services that others run; write nothing"
    )
    doctor.set_defaults(run=run_doctor)
    preparing = commands.add_parser("prepare", help=run_prepare.__doc__)
    preparing.add_argument(
        "--owner", type=Owner.parse, metavar="USER[:GROUP]", help="who the folder shall belong to"
    )
    preparing.set_defaults(run=run_prepare)
    demo = commands.add_parser(
        "demo", help=run_demo.__doc__, description=f"{run_demo.__doc__} {_ABOUT_SOURCES}"
    )
    demo.add_argument(
        "--source",
        default="synthetic",
        metavar="SOURCE",
        help="synthetic, jetstream, x, or a file or folder of tweets (default: synthetic)",
    )
    demo.add_argument(
        "--seconds", type=parse_seconds, metavar="S", help="stop after that long, with a proof"
    )
    demo.add_argument(
        "options", nargs="*", metavar="OPTION", help="further options of the producer, behind --"
    )
    demo.set_defaults(run=run_demo)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 1 if the stack cannot do it, 2 if it was asked wrongly."""
    options = build_parser().parse_args(arguments)
    try:
        result: int = options.run(load_settings(), options)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result


if __name__ == "__main__":
    sys.exit(main())
