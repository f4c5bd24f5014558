"""What all pages have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client, RequestFactory

from moviverse.web.pages import same_site

if TYPE_CHECKING:
    from tests.factories.recommendations import Site

PUBLIC = [
    "/",
    "/catalog",
    "/movies/949",
    "/search",
    "/search?q=heat",
    "/login",
    "/register",
    "/password-reset",
    "/password-reset/confirm",
]
PRIVATE = ["/recommend", "/reviews"]


@pytest.mark.parametrize("path", PUBLIC)
def test_everybody_may_see(site: Site, client: Client, path: str) -> None:  # noqa: ARG001 - the films
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", [*PUBLIC[:5], *PRIVATE])
def test_members_see_and_nobody_keeps_it(site: Site, signed_in: Client, path: str) -> None:  # noqa: ARG001 - the films
    response = signed_in.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.django_db
def test_others_are_sent_to_sign_in_and_back(client: Client, path: str) -> None:
    response = client.get(f"{path}?sort=title_asc")
    assert response.status_code == 302
    assert response["Location"] == f"/login?next=%2F{path[1:]}%3Fsort%3Dtitle_asc"


def test_what_everybody_sees_is_asked_for_again_and_known_by_its_etag(
    site: Site,  # noqa: ARG001 - the films
    client: Client,
) -> None:
    first = client.get("/catalog")
    assert first["Cache-Control"] == "private, no-cache"
    assert client.get("/catalog", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert not first.cookies


@pytest.mark.parametrize("path", [*PUBLIC, *PRIVATE])
def test_no_page_has_script_or_style_within(site: Site, signed_in: Client, path: str) -> None:  # noqa: ARG001 - the films
    for client in (Client(), signed_in):
        text = client.get(path, follow=True).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_every_link_of_a_page_leads_somewhere(site: Site, signed_in: Client, path: str) -> None:  # noqa: ARG001 - the films
    found: set[str] = set()
    for client in (Client(), signed_in):
        text = client.get(path, follow=True).content.decode()
        found |= set(re.findall(r'(?:href|src)="([^"]+)"', text))
    for link in sorted(found):
        address = link.replace("&amp;", "&")
        assert re.match(r"[/#?]", address), link
        if address.startswith("/") and not address.startswith("/static/"):
            assert signed_in.get(address, follow=True).status_code == 200, link


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/movies/0", "/movies/-1", "/movies/9223372036854775808", "/movies/٣"]
)
def test_what_is_no_id_is_no_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_the_largest_id_is_a_film_that_we_do_not_have(client: Client) -> None:
    response = client.get("/movies/9223372036854775807")
    assert response.status_code == 404
    assert "No film has this id." in response.content.decode()


@pytest.mark.parametrize(("path", "allowed"), [("/", "GET, HEAD"), ("/logout", "POST")])
@pytest.mark.django_db
def test_a_method_that_a_page_does_not_take_is_refused(path: str, allowed: str) -> None:
    client = Client()
    response = client.put(path) if path == "/" else client.get(path)
    assert response.status_code == 405
    assert response["Allow"] == allowed


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "evil",
        " /catalog",
        "/a\nb",
        "",
    ],
)
def test_an_address_of_another_site_is_not_where_one_goes_next(wanted: str) -> None:
    request = RequestFactory().post("/rate/1", {"next": wanted})
    assert same_site(request, otherwise="/catalog") == "/catalog"


def test_a_path_of_this_site_is_where_one_goes_next() -> None:
    request = RequestFactory().post("/rate/1", {"next": "/search?q=a b&page=2"})
    assert same_site(request) == "/search?q=a b&page=2"


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_a_page() -> None:
    response = Client(enforce_csrf_checks=True).post("/login", {"identifier": "a", "password": "b"})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def test_a_browser_that_guesses_where_the_icon_is_finds_it(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 301
    assert response["Location"] == "/static/web/mark.svg"


@pytest.mark.parametrize("path", ["/catalog", "/recommend", "/reviews"])
def test_the_menu_says_where_one_is(site: Site, signed_in: Client, path: str) -> None:  # noqa: ARG001 - the films
    text = " ".join(signed_in.get(path).content.decode().split())
    assert f'href="{path}" aria-current="page"' in text
    assert text.count("aria-current") == 1
