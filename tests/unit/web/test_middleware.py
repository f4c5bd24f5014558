from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def policy(client: Client, path: str) -> dict[str, str]:
    header = client.get(path)["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


def test_pages_may_load_our_own_files_alone(client: Client) -> None:
    told = policy(client, "/")
    assert told["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "img-src", "font-src", "connect-src"):
        assert told[kind] == "'self'", kind
    assert told["frame-ancestors"] == told["base-uri"] == "'none'"
    assert told["form-action"] == "'self'"


def test_posters_of_tmdb_may_be_shown_where_there_is_a_key(
    client: Client, settings: Settings
) -> None:
    settings.TMDB_API_KEY = "a key"
    assert policy(client, "/")["img-src"] == "'self' https://image.tmdb.org"
    settings.TMDB_IMAGE_URL = "https://images.example:8443/t/p"
    assert policy(client, "/")["img-src"] == "'self' https://images.example:8443"
    assert "https://images.example:8443" in policy(client, "/admin/login/")["img-src"]


def test_error_pages_have_the_policy_too(client: Client) -> None:
    assert policy(client, "/nowhere")["script-src"] == "'self'"


def test_the_admin_has_what_its_interface_needs_and_no_outside_script(client: Client) -> None:
    told = policy(client, "/admin/login/")
    assert told["script-src"] == "'self' 'unsafe-inline' 'unsafe-eval'"
    assert told["frame-ancestors"] == "'none'"


def test_a_view_that_set_a_policy_keeps_it(client: Client) -> None:
    assert (
        "connect-src 'self'; img-src 'self' data:"
        in client.get("/api/docs/").headers["Content-Security-Policy"]
    )
