"""The page as it is sent; what it looks like is checked by eye."""

import re

import pytest
from flask.testing import FlaskClient

STATIC = ["/static/page.css", "/static/page.js", "/static/chart.js", "/static/icon.svg"]


def test_the_page_uses_nothing_but_what_the_dashboard_serves(client: FlaskClient) -> None:
    html = client.get("/").text
    links = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link
    for path in ["/", *STATIC]:
        addresses = set(re.findall(r"https?://[^\s\"')]+", client.get(path).text))
        assert addresses <= {"http://www.w3.org/2000/svg"}


def test_the_script_finds_every_element_it_asks_for(client: FlaskClient) -> None:
    wanted = set(re.findall(r'find\("([^"]+)"\)', client.get("/static/page.js").text))
    present = set(re.findall(r'id="([^"]+)"', client.get("/").text))
    assert wanted
    assert wanted <= present


def test_no_text_can_become_markup(client: FlaskClient) -> None:
    for path in ("/static/page.js", "/static/chart.js"):
        script = client.get(path).text
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/tweets", "/api/tweets?limit=x"])
def test_every_answer_is_kept_to_itself(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
