import os

import pytest

from access.secret_files import SecretFileError, read_secret_file


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("secret")
    return file


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_file_of_ours_is_for_us_alone(mode, secret):
    secret.chmod(mode)
    assert read_secret_file(secret, "file", "THE_SETTING") == b"secret"


@pytest.mark.parametrize("mode", [0o440, 0o604, 0o620, 0o602])
def test_a_file_of_ours_that_others_may_touch_is_refused(mode, secret):
    secret.chmod(mode)
    with pytest.raises(SecretFileError, match=f"The file {secret} is open .*mode {mode:o}"):
        read_secret_file(secret, "file", "THE_SETTING")


@pytest.mark.parametrize(("mode", "is_read"), [(0o440, True), (0o444, False), (0o460, False)])
def test_a_file_that_is_not_ours_may_be_given_to_us_by_its_group(
    mode, is_read, secret, monkeypatch
):
    secret.chmod(mode)
    monkeypatch.setattr(os, "geteuid", lambda: secret.stat().st_uid + 1)
    if is_read:
        assert read_secret_file(secret, "file", "THE_SETTING") == b"secret"
    else:
        with pytest.raises(SecretFileError, match="is open to others"):
            read_secret_file(secret, "file", "THE_SETTING")
