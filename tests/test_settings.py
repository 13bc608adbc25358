"""Settings come from the environment, or say in a sentence what is wrong with them."""

import pytest

from settings import SettingsError, load_settings


def test_an_empty_file_name_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWEETS_CATEGORIES", "")
    assert load_settings().categories is None


@pytest.mark.parametrize(
    "url", ["https://id:hidden@login/", "https://id:hidden", "id:hidden@login"]
)
def test_an_address_that_may_hold_a_secret_is_refused_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWEETS_KAFKA_TOKEN_URL", url)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith("TWEETS_KAFKA_TOKEN_URL is no address of a web server")
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("port", ["many", ""])
def test_a_value_that_cannot_be_used_is_named(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWEETS_DASHBOARD_PORT", port)
    with pytest.raises(SettingsError, match=rf"^TWEETS_DASHBOARD_PORT is '{port}': .*Correct it"):
        load_settings()
