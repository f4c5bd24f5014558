"""The API tried out in Swagger UI, without any other host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def access_token(origin: str, name: str) -> str:
    told = {"email": f"{name}@example.org", "username": name, "password": PASSWORD}
    httpx.post(f"{origin}/api/auth/register/", json=told).raise_for_status()
    answer = httpx.post(f"{origin}/api/auth/login/", json={"username": name, "password": PASSWORD})
    token: str = answer.raise_for_status().json()["access"]
    return token


def authorize(visit: Visit, token: str) -> None:
    """Paste the token where Swagger UI asks for it."""
    page = visit.page
    page.locator(".scheme-container button.authorize").click()
    scheme = page.locator(".auth-container").filter(has_text="accessToken")
    scheme.locator("input").fill(token)
    scheme.locator("button.authorize").click()
    expect(scheme.get_by_role("button", name="Remove authorization")).to_be_visible()
    scheme.locator(".btn-done").click()


def execute(visit: Visit, operation: str) -> str:
    """Send a request with its button and return the status that is shown."""
    block = visit.page.locator(f"[id$='-{operation}']")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table tr.response .response-col_status").first
    expect(status).to_have_text(re.compile(r"\d{3}"))
    return status.inner_text().split()[0]


def test_a_token_opens_the_api_in_swagger_ui(visiting: Callable[..., Any], origin: str) -> None:
    token = access_token(origin, "swagger")
    with visiting() as visit:
        visit.go("/api/docs/")
        authorize(visit, token)
        assert execute(visit, "get_auth_me") == "200"
        shown = visit.page.locator(".live-responses-table .highlight-code").first
        expect(shown).to_contain_text("swagger@example.org")
        assert execute(visit, "get_movies_recommendations") == "200"


def test_without_a_token_swagger_ui_shows_the_error(
    visiting: Callable[..., Any],
) -> None:
    with visiting() as visit:
        visit.go("/api/docs/")
        assert execute(visit, "get_genres") == "200"
        visit.complaints.clear()
        assert execute(visit, "get_auth_me") == "401"
        visit.complaints.clear()  # the browser's own note of the 401
