import json
from pathlib import Path
from typing import Any

import pytest
from stub_x import StubX
from x_messages import TOO_MANY_CONNECTIONS

from models.categories import Categories, load_categories
from producer.sources.live import SourceError
from producer.sources.x.rules import Rule, build_rules, compare_rules
from producer.sources.x.rules_command import main
from settings import Settings

CATEGORIES = Categories("en", {"drinks": ("tea", "wine"), "food": ("pizza",)})
DRINKS = "(tea OR wine) lang:en -is:retweet"
FOOD = "(pizza) lang:en -is:retweet"


def run(server: StubX, *arguments: str, categories: Categories = CATEGORIES) -> int:
    settings = Settings(x_api_url=server.url, x_bearer_token="secret")  # type: ignore[arg-type]
    return main(arguments, settings, categories)


def list_rules(server: StubX) -> list[tuple[str, str | None]]:
    return [(rule["value"], rule.get("tag")) for rule in server.rules.rules]


def test_every_category_has_a_rule_of_its_name() -> None:
    rules = build_rules(load_categories(), None)
    assert [rule.tag for rule in rules] == list(load_categories().keywords)
    expected = "(god OR church OR faith OR bible OR pray) lang:en -is:retweet"
    assert rules[0] == Rule(expected, "religion")


def test_rules_ask_for_the_language_of_the_keywords_and_for_a_sample() -> None:
    categories = Categories("es", {"comida": ("pan", "queso"), "deporte": ("gol",)})
    assert [rule.value for rule in build_rules(categories, 10)] == [
        "(pan OR queso) lang:es -is:retweet sample:10",
        "(gol) lang:es -is:retweet sample:10",
    ]


def test_keywords_that_x_takes_for_operators_are_quoted(tmp_path: Path) -> None:
    file = tmp_path / "categories.toml"
    file.write_text('[keywords]\nwords = ["or", "and", "not", "café", "2026"]\nrain = ["rain"]\n')
    rule = build_rules(load_categories(file), None)[0]
    assert rule.value == '("or" OR "and" OR "not" OR café OR 2026) lang:en -is:retweet'


def test_keywords_that_do_not_fit_into_one_rule_fill_several() -> None:
    words = tuple(f"keyword{number}" for number in range(300))
    rules = build_rules(Categories("en", {"many": words, "few": ("one",)}), 50)
    assert all(len(rule.value) <= 1024 for rule in rules)
    assert [rule.tag for rule in rules] == ["many"] * (len(rules) - 1) + ["few"]
    found = " OR ".join(rule.value[1 : rule.value.index(")")] for rule in rules[:-1])
    assert found.split(" OR ") == list(words)
    assert len(rules[0].value) > 1000


def test_a_keyword_as_long_as_a_rule_is_refused() -> None:
    with pytest.raises(SourceError, match="The keyword wwwwwwwwwwwwwwwwwwww… is longer"):
        build_rules(Categories("en", {"long": ("short", "w" * 1020), "b": ("b",)}), None)


def test_more_rules_than_x_takes_are_refused() -> None:
    words = tuple(f"{number:0900}" for number in range(1001))
    with pytest.raises(SourceError, match="fill 1,001 rules, and X takes 1,000"):
        build_rules(Categories("en", {"many": words}), None)


def test_only_rules_that_are_tagged_with_a_category_can_be_outdated() -> None:
    ours = [Rule("a", "food"), Rule("b", "drinks")]
    account = [Rule("a", "food", "1"), Rule("c", "food", "2"), Rule("b", "", "3"), Rule("d", "x")]
    compared = compare_rules(account, ours, {"food", "drinks"})
    assert compared.kept == account[:1]
    assert compared.outdated == account[1:2]
    assert compared.foreign == account[2:]
    assert compared.missing == ours[1:]


def test_show_tells_which_rules_are_ours_and_which_are_missing(
    server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules.add(DRINKS, "drinks")
    server.rules.add("(burger) lang:en", "food")
    server.rules.add("from:ann")
    assert run(server, "show") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"in place  drinks: {DRINKS}",
        f"missing   food: {FOOD}",
        "outdated  food: (burger) lang:en",
        "not ours  -: from:ann",
        "1 in place, 1 missing, 1 outdated, 1 not ours.",
        "`python -m producer rules sync` brings them to ours.",
    ]
    assert server.rules.changes == []


def test_sync_brings_the_rules_of_the_account_to_ours_and_leaves_others_alone(
    server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules.add(DRINKS, "drinks")
    outdated = server.rules.add("(burger) lang:en", "food")
    server.rules.add("from:ann", "friends")
    assert run(server, "sync") == 0
    assert sorted(list_rules(server), key=str) == [
        (FOOD, "food"),
        (DRINKS, "drinks"),
        ("from:ann", "friends"),
    ]
    assert server.rules.changes == [
        {"delete": {"ids": [outdated]}},
        {"add": [{"value": FOOD, "tag": "food"}]},
    ]
    assert capsys.readouterr().out.splitlines() == [
        "delete  food: (burger) lang:en",
        f"add  food: {FOOD}",
        "1 kept, 1 deleted, 1 added.",
    ]
    assert run(server, "sync") == 0
    assert len(server.rules.changes) == 2
    assert capsys.readouterr().out == "2 kept, 0 deleted, 0 added.\n"


def test_a_dry_run_only_says_what_it_would_do(
    server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules.add("(burger)", "food")
    assert run(server, "sync", "--dry-run", "--sample", "10") == 0
    assert list_rules(server) == [("(burger)", "food")]
    assert server.rules.changes == []
    assert capsys.readouterr().out.splitlines() == [
        "would delete  food: (burger)",
        f"would add  drinks: {DRINKS} sample:10",
        f"would add  food: {FOOD} sample:10",
        "0 kept, 1 deleted, 2 added, if it were not a dry run.",
    ]


def test_another_sample_replaces_the_rules(server: StubX) -> None:
    run(server, "sync", "--sample", "10")
    run(server, "sync", "--sample", "1")
    assert list_rules(server) == [
        (f"{DRINKS} sample:1", "drinks"),
        (f"{FOOD} sample:1", "food"),
    ]


def test_a_sample_stays_until_another_is_wanted(
    server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    run(server, "sync", "--sample", "10")
    capsys.readouterr()
    run(server, "show")
    assert "2 in place, 0 missing, 0 outdated, 0 not ours." in capsys.readouterr().out
    run(server, "sync")
    assert "2 kept, 0 deleted, 0 added." in capsys.readouterr().out
    run(server, "sync", "--sample", "100")
    assert "0 kept, 2 deleted, 2 added." in capsys.readouterr().out
    run(server, "show")
    assert f"in place  food: {FOOD}\n" in capsys.readouterr().out


def test_all_pages_of_an_account_are_read(server: StubX) -> None:
    server.rules.page_size = 2
    for number in range(5):
        server.rules.add(f"rain{number}", "weather")
    server.rules.add(DRINKS, "drinks")
    server.rules.add(FOOD, "food")
    assert run(server, "sync") == 0
    assert server.rules.changes == []


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda rules: rules.invalid.add(FOOD), f"{FOOD}: Reference to invalid operator"),
        (lambda rules: rules.add(FOOD, "lunch"), f"{FOOD}: DuplicateRule"),
        (lambda rules: setattr(rules, "most", 1), "You have reached the maximum number of rules"),
    ],
)
def test_what_x_does_not_take_is_a_sentence(
    prepare: Any, words: str, server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(server.rules)
    assert run(server, "sync") == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("X has not taken all rules (")
    assert words in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"title": "Unauthorized"}', "get a new bearer token"),
        (429, b"{}", "X answers with HTTP 429: try again later."),
        (429, json.dumps(TOO_MANY_CONNECTIONS).encode(), "try again later"),
        (503, b"", "X answers with HTTP 503: try again later."),
        (200, b"<html>", "does not answer as X does: correct TWEETS_X_API_URL"),
        (200, b'{"data": [7]}', "make no sense: correct TWEETS_X_API_URL"),
        (200, b'{"data": [{"id": "1"}]}', "make no sense: correct TWEETS_X_API_URL"),
        (200, b'{"meta": []}', "make no sense: correct TWEETS_X_API_URL"),
    ],
)
def test_an_account_that_cannot_be_read_is_a_sentence(
    status: int, body: bytes, words: str, server: StubX, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules.refusals.append((status, body))
    assert run(server, "show") == 1
    complaint = capsys.readouterr().err
    assert words in complaint
    assert complaint.count("\n") == 1


def test_without_a_token_the_rules_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show"], Settings(x_bearer_token=None), CATEGORIES) == 1
    assert "TWEETS_X_BEARER_TOKEN_FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: action"),
        (["drop"], "argument action: invalid choice: 'drop'"),
        (["show", "--dry-run"], "--dry-run belongs to sync, not to show"),
        (["sync", "--sample", "0"], "argument --sample: '0' is not a whole number from 1 to 100"),
        (["sync", "--sample", "101"], "argument --sample: '101' is not a whole number"),
        (["sync", "--sample", "0.5"], "argument --sample: '0.5' is not a whole number"),
    ],
)
def test_wrong_arguments_are_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, Settings(), CATEGORIES)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(sentence)
