import re

import pytest
from commands import ROOT

from bench.capacity import main, tabulate_plans, write_amount
from bench.measured import load_measured

DOCUMENT = ROOT / "docs" / "scaling.md"


def read_rows(table: str) -> dict[str, list[str]]:
    """Read a table's cells by what stands in their line first."""
    lines = [line.strip("| ").split("|") for line in table.splitlines() if line.startswith("|")]
    return {what.strip(): [cell.strip() for cell in cells] for what, *cells in lines}


def test_a_plan_is_what_the_hand_works_out(known):
    rows = read_rows(tabulate_plans([1_000, 100_000], known))
    formulas = [cells.pop() for cells in rows.values()]
    assert all(formulas)
    assert rows == {
        "N, tweets/s": ["1,000", "100,000"],
        "---": ["--:", "--:"],
        # 200 and 100 µs of a core; 250 B and three replicas, for seven days.
        "producers": ["1", "20 *"],
        "brokers' cores": ["3", "10 *"],
        "brokers write": ["750 kB/s", "75 MB/s *"],
        "brokers' disk": ["454 GB", "45.4 TB *"],
        # Half of the 20,000 that a core stores, in batches of ten seconds; 20 ms for a file.
        "Spark cores": ["1", "10 *"],
        "partitions": ["3", "10 *"],
        "messages of a batch": ["10,000", "1,000,000 *"],
        "files of a batch": ["1", "10 *"],
        "driver publishes for": ["0.02 s", "0.2 s *"],
        # 80 B a tweet and 5 kB a file, 8,640 batches a day.
        "HDFS a day": ["20.9 GB", "2.07 TB *"],
        "HDFS, 30 days": ["626 GB", "62.2 TB *"],
        "files a day": ["17,304", "95,064 *"],
        "NameNode objects a day": ["34,658 *", "190,178 *"],
        "NameNode heap, 30 days": ["1 GB *", "2.85 GB *"],
        "ledger's folder is full after": ["121 days *", "121 days *"],
        "restart after 30 days": ["130 s *", "130 s *"],
    }


def test_a_star_marks_what_is_beyond_the_measurement(known):
    rows = read_rows(tabulate_plans([known.produced, known.produced + 1, known.stored + 1], known))
    assert rows["producers"][:3] == ["1", "2 *", "9 *"]
    assert [cell.endswith("*") for cell in rows["partitions"][:3]] == [False, False, True]


def test_small_batches_leave_one_file_and_others_one_for_each_partition(known):
    rows = read_rows(tabulate_plans([4_999, 5_000], known))
    assert rows["files of a batch"][:2] == ["1", "3"]


def test_the_document_shows_what_the_command_prints(capsys):
    text = DOCUMENT.read_text()
    [command] = re.findall(r"-m bench\.capacity (--tweets-per-second(?: \d+){5})\n", text)
    main(command.split())
    assert capsys.readouterr().out in text


def test_the_document_says_when_and_how_the_kept_numbers_were_measured():
    known, text = load_measured(), DOCUMENT.read_text()
    for said in (
        f"Measured on {known.day} on {known.cores} cores",
        f"{known.backlog:,} synthetic tweets",
        f" {known.stored_by_one_core:,.0f} |",
        f" {known.stored:,.0f} |",
    ):
        assert said in text


@pytest.mark.parametrize("rate", ["abc", "0", "-5", "nan", "inf", "0.05", "1e9"])
def test_an_unusable_load_ends_with_a_sentence(rate, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--tweets-per-second", rate])
    said = capsys.readouterr()
    assert end.value.code == 2
    assert said.out == ""
    assert re.fullmatch(
        rf"[^\n]*: {rate} is not from 0\.1 to 3,[\d,]+, the most [^\n]+\.\n", said.err
    )


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0.0105, "s", "0.0105 s"),
        (150, "s", "150 s"),
        (82.25, "B", "82.2 B"),
        (1_500, "B/s", "1.5 kB/s"),
        (25.4e12, "B", "25.4 TB"),
        (2e18, "B", "2,000 PB"),
        (12_345.6, "", "12,346"),
    ],
)
def test_people_read_numbers_in_the_size_that_suits(amount, unit, text):
    assert write_amount(amount, unit) == text
