"""Settings come from the environment, or say in a sentence what is wrong with them."""

import pytest

from settings import SettingsError, load_settings


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWEETS_CATEGORIES", "")
    monkeypatch.setenv("TWEETS_DASHBOARD_PORT", "")
    settings = load_settings()
    assert settings.categories is None
    assert settings.dashboard_port == 8050


def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWEETS_DASHBOARD_PORT", "many")
    with pytest.raises(SettingsError, match=r"^TWEETS_DASHBOARD_PORT is 'many': .*Correct it in"):
        load_settings()
