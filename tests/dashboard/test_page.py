"""The page as it is sent; what it looks like is checked by eye."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def static(app: Flask) -> list[str]:
    """The addresses of all that the page is made of."""
    assert app.static_folder
    return sorted(f"/static/{path.name}" for path in Path(app.static_folder).iterdir())


@pytest.fixture
def scripts(client: FlaskClient, static: list[str]) -> dict[str, str]:
    return {path: client.get(path).text for path in static if path.endswith(".js")}


def test_the_page_uses_nothing_but_what_the_dashboard_serves(
    client: FlaskClient, static: list[str]
) -> None:
    html = client.get("/").text
    links = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link
    for path in ["/", *static]:
        addresses = set(re.findall(r"https?://[^\s\"')]+", client.get(path).text))
        assert addresses <= {"http://www.w3.org/2000/svg"}


def test_the_scripts_find_every_element_they_ask_for(
    client: FlaskClient, scripts: dict[str, str]
) -> None:
    wanted = set(re.findall(r'find\("([^"]+)"\)', "".join(scripts.values())))
    present = set(re.findall(r'id="([^"]+)"', client.get("/").text))
    assert wanted
    assert wanted <= present


def test_the_scripts_import_nothing_but_each_other(scripts: dict[str, str]) -> None:
    for script in scripts.values():
        imported = re.findall(r'^import .* from "\./(.+)";$', script, re.MULTILINE)
        assert len(imported) == len(re.findall(r"\bimport\b", script))
        assert {f"/static/{name}" for name in imported} <= scripts.keys()


def test_the_colors_chosen_by_hand_are_all_different_in_either_mode(client: FlaskClient) -> None:
    style = client.get("/static/page.css").text
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    names = [*(f"c{n}" for n in range(10)), "c-other"]
    for mode in (light, dark):
        colors = re.findall(r"--(c\d|c-other): (#[0-9a-f]{6});", mode)
        assert [name for name, _ in colors] == names
        assert len({color for _, color in colors}) == len(names)
    for name in names:
        assert f".{name} {{ --color: var(--{name}); }}" in style


def test_the_text_to_classify_has_a_label_and_its_answer_is_announced(client: FlaskClient) -> None:
    html = client.get("/").text
    assert '<label for="text">' in html
    assert re.search(r'<input id="text"[^>]* maxlength="2000"', html)
    assert re.search(r'id="verdict"[^>]* role="status"', html)


def test_no_text_can_become_markup(scripts: dict[str, str]) -> None:
    for script in scripts.values():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/tweets", "/api/tweets?limit=x"])
def test_every_answer_is_kept_to_itself(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
