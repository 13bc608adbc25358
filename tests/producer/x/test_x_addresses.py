from pathlib import Path

import pytest
from x_reading import Reading, stop_after_wait

from producer.sources.live import SourceError


def read_once(url: str, folder: Path) -> list[str]:
    """Try once to read, and list what was said."""
    reading = Reading(url, folder)
    reading.timer.on_wait = stop_after_wait(reading.timer, 1)
    assert reading.read(1) == []
    return reading.said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.x.com",
        "ftp://api.x.com",
        "https://",
        "http://a:x",
        "http://a b",
        "http://a\nb",
        "http://*",
        "https://a..b",
        f"https://{'a' * 64}.com",
    ],
)
def test_an_address_that_is_none_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="TWEETS_X_API_URL is") as raised:
        Reading(url, tmp_path)
    assert repr(url) in str(raised.value)


@pytest.mark.parametrize("proxy", ["http://", "http://a:x", "ftp://127.0.0.1:1", "https://a..b"])
def test_a_wrong_proxy_is_not_blamed_on_the_address_of_x(
    proxy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    said = read_once("https://x.invalid", tmp_path)
    assert said == [
        "x: X cannot be reached (the proxy of HTTPS_PROXY or HTTP_PROXY cannot be used); "
        "it is tried again at once."
    ]


def test_certificates_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
    (sentence,) = read_once("https://127.0.0.1:1", tmp_path)
    assert sentence.startswith("x: X cannot be reached (Could not find a suitable TLS CA cert")
