from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders

if TYPE_CHECKING:
    from django.test import Client


def test_the_schema_is_json_that_may_be_kept(client: Client) -> None:
    response = client.get("/api/schema/")
    assert response["Content-Type"] == "application/json"
    assert response.json()["openapi"] == "3.1.0"
    again = client.get("/api/schema/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs", "/api/redoc/"])
def test_a_viewer_needs_no_other_host_and_no_inline_script(client: Client, path: str) -> None:
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert "://" not in html
    assert "<style" not in html
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert scripts
    for attributes, inline in scripts:
        assert "src=" in attributes
        assert not inline.strip()
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_every_file_of_a_viewer_is_served_by_us(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    for address in re.findall(r'(?:src|href)="([^"]+)"', html):
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        else:
            assert client.get(address).status_code == 200, address


def test_the_viewers_script_is_javascript(client: Client) -> None:
    response = client.get("/api/docs/script.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert b"SwaggerUIBundle({" in response.content
