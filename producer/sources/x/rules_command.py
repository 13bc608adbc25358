"""`python -m producer rules`: show what the stream of X is asked for, and bring it to ours."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from models.categories import Categories
from producer.options import SentenceParser, parse_count
from producer.sources.live import SourceError
from producer.sources.x.backoff import Disconnected
from producer.sources.x.client import XClient
from producer.sources.x.problems import find_problems, quote_problems
from producer.sources.x.rules import (
    Comparison,
    Rule,
    build_rules,
    compare_rules,
    find_sample,
    parse_rules,
)
from producer.sources.x.token import read_token
from settings import Settings

_DESCRIPTION = """\
Show the rules by which X chooses the posts of the stream, or bring those of your account to ours:
one for each category, tagged with its name. Rules with other tags are left alone."""

_EPILOG = """\
The token comes from TWEETS_X_BEARER_TOKEN or the file TWEETS_X_BEARER_TOKEN_FILE, the categories
from TWEETS_CATEGORIES."""


def main(arguments: Sequence[str], settings: Settings, categories: Categories) -> int:
    """Show or change the rules of the account; 0 if that went well."""
    options = parse_options(arguments)
    try:
        token = read_token(settings.x_bearer_token, settings.x_bearer_token_file)
        client = XClient(settings.x_api_url, token)
        account, names = _read_account(client), set(categories.keywords)
        ours = build_rules(categories, options.sample or find_sample(account, names))
        compared = compare_rules(account, ours, names)
        if options.action == "show":
            _show(compared)
        else:
            _sync(client, compared, options.dry_run)
    except (Disconnected, SourceError) as error:
        is_passing = isinstance(error, Disconnected)
        print(f"X {error}: try again later." if is_passing else error, file=sys.stderr)
        return 1
    return 0


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse what follows `rules`; what is wrong with it ends with a sentence."""
    parser = SentenceParser(
        prog="python -m producer rules", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.add_argument(
        "action", choices=["show", "sync"], help="show the rules, or bring them to ours"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="sync: only say what would be deleted and added"
    )
    parser.add_argument(
        "--sample",
        type=partial(parse_count, wanted="a whole number from 1 to 100", most=100),
        metavar="PERCENT",
        help="let X send only this much of what matches, 1 to 100 "
        "(default: as before; at first, all of it)",
    )
    options = parser.parse_args(arguments)
    if options.dry_run and options.action != "sync":
        parser.error(f"--dry-run belongs to sync, not to {options.action}")
    return options


def _read_account(client: XClient) -> list[Rule]:
    try:
        rules, page = list[Rule](), ""
        while True:
            answer = client.get_rules(page)
            rules += parse_rules(answer)
            page = answer.get("meta", {}).get("next_token", "")
            if not page:
                return rules
    except (LookupError, TypeError, AttributeError):
        raise SourceError(
            "The rules that X has sent make no sense: correct TWEETS_X_API_URL."
        ) from None


def _show(compared: Comparison) -> None:
    states = {
        "in place": compared.kept,
        "missing": compared.missing,
        "outdated": compared.outdated,
        "not ours": compared.foreign,
    }
    for state, rules in states.items():
        for rule in rules:
            print(f"{state:8}  {rule.tag or '-'}: {rule.value}")
    print(", ".join(f"{len(rules)} {state}" for state, rules in states.items()) + ".")
    if compared.missing or compared.outdated:
        print("`python -m producer rules sync` brings them to ours.")


def _sync(client: XClient, compared: Comparison, is_dry_run: bool) -> None:
    for verb, rules in ("delete", compared.outdated), ("add", compared.missing):
        for rule in rules:
            print(f"{'would ' if is_dry_run else ''}{verb}  {rule.tag}: {rule.value}", flush=True)
    if not is_dry_run:
        # Deleted first: at the limit of an account, which depends on its plan, X adds none. What
        # is missing after a failure in between is added by the next run.
        if compared.outdated:
            _change(client, {"delete": {"ids": [rule.id for rule in compared.outdated]}})
        if compared.missing:
            added = [{"value": rule.value, "tag": rule.tag} for rule in compared.missing]
            _change(client, {"add": added})
    print(
        f"{len(compared.kept)} kept, {len(compared.outdated)} deleted, "
        f"{len(compared.missing)} added" + (", if it were not a dry run." if is_dry_run else ".")
    )


def _change(client: XClient, change: dict[str, object]) -> None:
    problems = find_problems(client.change_rules(change))
    if problems:
        raise SourceError(
            f"X has not taken all rules{quote_problems(problems)}: see `python -m producer rules "
            "show`, correct the rules or your categories, and sync again."
        )
