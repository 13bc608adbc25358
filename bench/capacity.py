"""Plan for a load: what it takes to store so many tweets per second, and what breaks first.

    .venv/bin/python -m bench.capacity --tweets-per-second 1000 [--trigger-seconds 10] [--days 30]

Every number comes with its reason; what was measured, was measured on two shared cores, and beyond
them all is extrapolated. docs/scaling.md says how.
"""

import argparse
import sys

from bench.assumptions import Assumptions, load_assumptions
from bench.batches import ImpossibleLoad, Load
from bench.limits import choose_plan, find_limits
from bench.plan import Plan, plan_capacity
from bench.plan_rows import describe_plan
from bench.quantities import format_quantity


def main(arguments: list[str] | None = None) -> int:
    """Print the plan for a load; 2 with a sentence if there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.capacity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tweets-per-second", type=float, required=True, metavar="N")
    parser.add_argument(
        "--trigger-seconds",
        type=float,
        metavar="S",
        help="from batch to batch (default: the shortest of 2, 10 and 60 s that lasts)",
    )
    parser.add_argument(
        "--days", type=float, default=30, metavar="D", help="how long all is kept (default: 30)"
    )
    options = parser.parse_args(arguments)
    known = load_assumptions()
    reasons: list[str] = []
    try:
        if options.trigger_seconds is None:
            plan, reasons = choose_plan(options.tweets_per_second, options.days, known)
        else:
            load = Load(options.tweets_per_second, options.trigger_seconds, options.days)
            plan = plan_capacity(load, known)
    except ImpossibleLoad as error:
        print(error, file=sys.stderr)
        return 2
    print_plan(plan, reasons, known)
    return 0


def print_plan(plan: Plan, reasons: list[str], known: Assumptions) -> None:
    """Print the plan, and what breaks first of the project as it comes."""
    load = plan.load
    print(
        f"{format_quantity(load.tweets_per_second)} tweets/s for {load.days:g} days, "
        f"a batch every {plan.batches.interval_seconds:.3g} s"
    )
    for reason in reasons:
        print(f"  {reason}")
    print()
    for row in describe_plan(plan, known):
        print(f"{row.what:<22}{row.how_much:>24}   {row.reason}")
    print("\nWhat ends first as the project comes, and the change that moves it:\n")
    for limit in find_limits(plan, known):
        mark = " " if limit.holds(load) else "!"
        print(f"{mark} {limit.part}: {limit.describe_end()} ({limit.reason}).")
        print(f"    {limit.change[0].upper()}{limit.change[1:]}.")
    print("\n! does not bear this load for so long without that change.")


if __name__ == "__main__":
    sys.exit(main())
