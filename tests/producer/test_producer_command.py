import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from producer_process import StartProducer

from producer.__main__ import main


@pytest.fixture
def deaf_address() -> Iterator[str]:
    """An address on which nobody answers: a port that is taken but does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rate", "0"], "argument --rate: '0' is not a number above 0 and up to 5000"),
        (["--rate", "5001"], "argument --rate: '5001' is not a number above 0 and up to 5000"),
        (["--rate", "nan"], "argument --rate: 'nan' is not a number above 0 and up to 5000"),
        (["--rate", "fast"], "argument --rate: 'fast' is not a number above 0 and up to 5000"),
        (["--count", "0"], "argument --count: '0' is not a whole number above 0"),
        (["--count", "1.5"], "argument --count: '1.5' is not a whole number above 0"),
        (["--source", "fax"], "argument --source: invalid choice: 'fax'"),
        (["--source", "x", "--rate", "5"], "--rate belongs to --source synthetic, not to x"),
        (["--lang", "en"], "--lang belongs to --source jetstream, not to synthetic"),
        (["tweets.jsonl"], "FILE belongs to --source replay, not to synthetic"),
        (["--source", "jetstream", "--sample", "2"], "argument --sample: '2' is not a share above"),
        (["--source", "x", "--max-posts-per-day", "1.5"], "argument --max-posts-per-day: '1.5' is"),
        (["--source", "x", "--max-cost-per-day", "-1"], "argument --max-cost-per-day: '-1' is not"),
        (["--source", "replay"], "--source replay needs the FILE to read, or - for standard input"),
        (
            ["--source", "replay", "a", "--speed", "0"],
            "argument --speed: '0' is not a number",
        ),
        (["--source", "replay", "-", "--loop"], "standard input, -, cannot be read a second time"),
        (["--source", "replay", "-", "-"], "standard input, -, cannot be read a second time"),
        (["--source", "x", "--rate", "0.5"], "--rate belongs to --source synthetic, not to x"),
        (["--source", "x", "--seed", "0"], "--seed belongs to --source synthetic, not to x"),
        (["rules", "drop"], "argument action: invalid choice: 'drop'"),
    ],
)
def test_a_wrong_value_is_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    complaint = capsys.readouterr().err
    assert ended.value.code == 2
    assert complaint.startswith(sentence)
    assert complaint.count("\n") == 1


def test_help_tells_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "--source {synthetic,x,jetstream,replay}" in text
    assert "default: 0.5" in text
    assert "needs no key" in text
    assert "docs/sources.md" in text


def test_x_without_a_token_is_a_sentence_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--source", "x"]) == 1
    complaint = capsys.readouterr().err
    assert "TWEETS_X_BEARER_TOKEN_FILE" in complaint
    assert complaint.count("\n") == 1


def test_a_file_that_is_not_there_is_a_sentence(
    topic_env: dict[str, str], start_producer: StartProducer
) -> None:
    producer = start_producer("--source", "replay", "missing.jsonl", env=topic_env)
    assert producer.wait_for_end() == 1
    assert producer.read_complaints() == [
        "missing.jsonl cannot be read (No such file or directory): name another FILE."
    ]
    assert producer.read_lines() == ["delivered 0, failed 0"]


@pytest.mark.parametrize("servers", ["", "kafka", "127.0.0.1:port", "a:9092,,b:9092", "a:99999"])
def test_an_address_that_is_none_is_a_sentence(
    servers: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWEETS_BOOTSTRAP_SERVERS", servers)
    assert main([]) == 1
    assert capsys.readouterr().err == (
        f"TWEETS_BOOTSTRAP_SERVERS is {servers!r}, which is not a list of `host:port` "
        "with commas between: correct it.\n"
    )


def test_a_setting_that_is_none_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWEETS_GIVE_UP_SECONDS", "soon")
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("TWEETS_GIVE_UP_SECONDS is 'soon': ")


def test_categories_that_are_none_are_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[keywords]\nrain = ['rain', 'umbrella']\n")
    monkeypatch.setenv("TWEETS_CATEGORIES", str(path))
    assert main([]) == 2
    assert capsys.readouterr().err.startswith(
        f"The categories file {path} names fewer than two categories; "
    )


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1", "Connection refused"), ("no-such-host.invalid", "")],
)
def test_a_kafka_that_never_comes_is_a_sentence_after_the_deadline(
    host: str, reason: str, deaf_address: str, start_producer: StartProducer
) -> None:
    address = deaf_address.replace("127.0.0.1", host)
    env = {"TWEETS_BOOTSTRAP_SERVERS": address, "TWEETS_GIVE_UP_SECONDS": "2"}
    producer = start_producer(env=os.environ | env)
    assert producer.wait_for_end() == 1
    sentence = producer.read_complaints()[-1]
    assert sentence.startswith(f"Kafka at {address} did not answer for 2 s ({reason}")
    assert sentence.endswith("`python -m stack up`, or correct TWEETS_BOOTSTRAP_SERVERS.")
    assert not any("Traceback" in line for line in producer.read_complaints())


def test_a_kafka_that_is_away_is_asked_again_until_somebody_stops_it(
    deaf_address: str, start_producer: StartProducer
) -> None:
    producer = start_producer(env=os.environ | {"TWEETS_BOOTSTRAP_SERVERS": deaf_address})
    producer.wait_for_line(f"Kafka at {deaf_address} does not answer")
    producer.interrupt(signal.SIGTERM)
    assert producer.wait_for_end(20) == 0
    assert producer.read_lines() == ["delivered 0, failed 0"]
