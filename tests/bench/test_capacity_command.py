import pytest

from bench.capacity import main


@pytest.mark.parametrize("rate", ["100", "1000", "10000", "100000", "1000000"])
def test_a_plan_is_printed_for_each_size_of_load(rate, capsys):
    assert main(["--tweets-per-second", rate]) == 0
    said = capsys.readouterr().out
    for what in (
        *("producers", "brokers", "partitions", "time of a batch", "executors"),
        *("memory of the driver", "HDFS a day", "HDFS for 30 days", "files a day"),
        *("NameNode objects a day", "heap of the NameNode", "ledger entries a day"),
    ):
        assert f"\n{what} " in said
    assert "What ends first" in said


def test_every_number_of_a_plan_has_its_reason(capsys):
    main(["--tweets-per-second", "100", "--days", "365"])
    plan = capsys.readouterr().out.partition("\n\n")[2].partition("\n\n")[0]
    for line in plan.splitlines():
        assert len(line[46:].strip()) > 10, line


def test_the_trigger_can_be_given(capsys):
    assert main(["--tweets-per-second", "100", "--trigger-seconds", "7"]) == 0
    assert "a batch every 7 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tweets-per-second", "0"],
        ["--tweets-per-second", "nan"],
        ["--tweets-per-second", "100", "--days", "-1"],
        ["--tweets-per-second", "1000000", "--trigger-seconds", "0.1"],
    ],
)
def test_an_impossible_load_ends_with_a_sentence(arguments, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.endswith(".\n")
