"""A browser with the site's own pages: forms with CSRF, and the API in the same session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.accounts import PASSWORD, member

if TYPE_CHECKING:
    import httpx

    from tests.factories.recommendations import Site

HEAT = 949
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def browser(app: httpx.Client, site: Site) -> httpx.Client:  # noqa: ARG001 - films and models
    app.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"
    return app


def submit(browser: httpx.Client, page: str, to: str = "", **fields: Any) -> httpx.Response:
    """Send the form of a page, with the token that the page holds."""
    found = CSRF.search(browser.get(page).text)
    assert found is not None
    told = {"csrfmiddlewaretoken": found.group(1), **fields}
    return browser.post(to or page, data=told, headers={"Origin": str(browser.base_url)})


@pytest.fixture
def signed_in(browser: httpx.Client) -> httpx.Client:
    member(username="ann", email="ann@example.org")
    answer = submit(browser, "/login", identifier="ann@example.org", password=PASSWORD)
    assert answer.status_code == 200
    assert "sessionid" in browser.cookies
    return browser


def test_a_form_without_its_token_is_refused(browser: httpx.Client) -> None:
    told = {"identifier": "ann@example.org", "password": PASSWORD}
    assert browser.post("/login", data=told).status_code == 403


def test_a_visitor_joins_and_is_signed_in(browser: httpx.Client) -> None:
    answer = submit(
        browser, "/register", email="ann@example.org", username="ann", password=PASSWORD
    )
    assert answer.status_code == 200
    assert "sessionid" in browser.cookies
    assert browser.get("/api/auth/me/").json()["user"]["username"] == "ann"


def test_a_wrong_password_shows_the_form_again(browser: httpx.Client) -> None:
    member(username="ann")
    answer = submit(browser, "/login", identifier="ann", password="wrong")
    assert "sessionid" not in browser.cookies
    assert "wrong" in answer.text


def test_a_visitor_browses_the_catalogue(browser: httpx.Client) -> None:
    assert f"/movies/{HEAT}" in browser.get("/search", params={"q": "heat"}).text
    assert "Heat" in browser.get(f"/movies/{HEAT}").text
    assert "Crime" in browser.get("/catalog", params={"genre": "Crime"}).text


def test_a_rating_changes_the_recommendations_and_is_listed(signed_in: httpx.Client) -> None:
    before = signed_in.get("/recommend").text
    answer = submit(signed_in, f"/movies/{HEAT}", to=f"/rate/{HEAT}", rating="4.5")
    assert answer.status_code == 200
    assert "Heat" in signed_in.get("/reviews").text
    assert signed_in.get("/recommend").text != before
    assert signed_in.get(f"/api/user/ratings/{HEAT}/").json()["rating"] == 4.5


def test_the_session_opens_the_api_with_the_csrf_token(signed_in: httpx.Client) -> None:
    path = f"/api/user/ratings/{HEAT}/"
    forged = signed_in.put(path, json={"rating": 4.0})
    assert (forged.status_code, forged.json()["error"]) == (403, "PERMISSION_DENIED")
    token = signed_in.cookies["csrftoken"]
    rated = signed_in.put(path, json={"rating": 4.0}, headers={"X-CSRFToken": token})
    assert (rated.status_code, rated.json()["rating"]) == (200, 4.0)


def test_what_is_personal_sends_a_visitor_to_the_login_and_back(browser: httpx.Client) -> None:
    sent = browser.get("/reviews", follow_redirects=False)
    assert sent.status_code == 302
    assert sent.headers["Location"] == "/login?next=%2Freviews"


def test_signing_out_ends_the_session(signed_in: httpx.Client) -> None:
    submit(signed_in, "/", to="/logout")
    assert signed_in.get("/api/auth/me/").status_code == 401
