import json
import ssl
from collections.abc import Iterator

import pytest
from certificates import Authority
from commands import find_free_port
from http_server import Handler, serve
from stub_oauth import StubOAuth

from access.kafka import tokens
from access.kafka.tokens import TokenRefused, TokenSource, TokenUnreachable

SECRET = "a:b é"


@pytest.fixture
def oauth() -> Iterator[StubOAuth]:
    with StubOAuth({"tweets": SECRET}) as oauth:
        yield oauth


@pytest.fixture
def source(oauth: StubOAuth) -> TokenSource:
    return TokenSource(oauth.url, "tweets", SECRET, "kafka read")


def test_a_token_is_kept_for_most_of_its_life(oauth, source, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now)
    token = source.token()
    now += 0.79 * oauth.lifetime_seconds
    assert source.token() == token
    now += 0.02 * oauth.lifetime_seconds
    source.token()
    assert oauth.asked == [{"grant_type": ["client_credentials"], "scope": ["kafka read"]}] * 2


def test_a_token_without_a_lifetime_is_used_once(oauth, source):
    oauth.answers += [(200, b'{"access_token": "one"}'), (200, b'{"access_token": "two"}')]
    assert [source.token(), source.token()] == ["one", "two"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told_with_what_the_server_says_and_without_the_secret(status, oauth, source):
    oauth.answers.append((status, json.dumps({"error": "invalid_client"}).encode()))
    with pytest.raises(TokenRefused) as refused:
        source.token()
    assert str(refused.value) == (
        f"{oauth.url} gives no token (HTTP {status}, invalid_client): correct "
        "TWEETS_KAFKA_USERNAME, its password, TWEETS_KAFKA_TOKEN_SCOPE or TWEETS_KAFKA_TOKEN_URL."
    )


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"access_token": 7}'])
def test_an_answer_without_a_token_is_a_sentence(body, oauth, source):
    oauth.answers.append((200, body))
    with pytest.raises(TokenRefused, match=f"{oauth.url} answers, but with no token"):
        source.token()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_of_the_server_may_pass(status, oauth, source):
    oauth.answers.append((status, b"busy"))
    with pytest.raises(TokenUnreachable, match=rf"gives no token \(HTTP {status}"):
        source.token()
    assert source.token()


def test_a_redirect_does_not_carry_the_secret_elsewhere(oauth, source):
    oauth.answers.append((302, b""))
    oauth.location = oauth.url
    with pytest.raises(TokenRefused, match="HTTP 302"):
        source.token()
    assert len(oauth.asked) == 1


def test_a_server_that_is_away_may_come_back():
    source = TokenSource(f"http://127.0.0.1:{find_free_port()}/", "tweets", SECRET, None)
    with pytest.raises(TokenUnreachable, match=r"Connection refused\): .* TWEETS_KAFKA_TOKEN_URL"):
        source.token()


def test_a_certificate_that_is_not_trusted_is_no_trouble_that_passes(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Authority(tmp_path, "stranger").sign("login"))
    with serve(Handler, context) as url, pytest.raises(TokenRefused) as refused:
        TokenSource(url, "tweets", SECRET, None).token()
    assert str(refused.value).startswith(f"{url} shows a certificate that is not trusted (")
    assert "TWEETS_KAFKA_TOKEN_URL" in str(refused.value)
