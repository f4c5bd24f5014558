"""Every ground rule of the contract, by real requests to views that do one thing each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from tests.contracts.error_shape import error_of
from tests.factories import accounts

if TYPE_CHECKING:
    from pytest_django import Settings

    from moviverse.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contracts.laboratory")]

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def member() -> User:
    return accounts.member()


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("not-found", 404, "NOT_FOUND"),
        ("invalid", 400, "VALIDATION_ERROR"),
        ("not-authenticated", 401, "NOT_AUTHENTICATED"),
        ("authentication-failed", 401, "AUTHENTICATION_FAILED"),
        ("permission-refused", 403, "PERMISSION_DENIED"),
        ("conflict", 409, "CONFLICT"),
        ("rate-limited", 429, "RATE_LIMITED"),
        ("unavailable", 503, "INTERNAL_ERROR"),
        ("upstream-away", 503, "API_ERROR"),
        ("upstream-failed", 502, "API_ERROR"),
        ("unnamed", 500, "INTERNAL_ERROR"),
        ("http404", 404, "NOT_FOUND"),
        ("permission-denied", 403, "PERMISSION_DENIED"),
        ("suspicious", 400, "VALIDATION_ERROR"),
        ("too-big", 413, "VALIDATION_ERROR"),
        ("django-validation", 400, "VALIDATION_ERROR"),
        ("django-validation-whole", 400, "VALIDATION_ERROR"),
        ("nested", 400, "VALIDATION_ERROR"),
        ("whole", 400, "VALIDATION_ERROR"),
        ("integrity", 409, "CONFLICT"),
        ("data", 400, "VALIDATION_ERROR"),
        ("operational", 503, "INTERNAL_ERROR"),
        ("interface", 503, "INTERNAL_ERROR"),
        ("bug", 500, "INTERNAL_ERROR"),
        ("memory", 500, "INTERNAL_ERROR"),
        ("recursion", 500, "INTERNAL_ERROR"),
    ],
)
def test_whatever_a_view_raises_has_the_one_shape_and_tells_nothing_of_the_inside(
    client: Client, what: str, status: int, code: str
) -> None:
    response = client.get(f"/api/raises/{what}/")
    assert response.status_code == status
    assert error_of(response)["error"] == code


@pytest.mark.parametrize(
    ("what", "details"),
    [
        ("invalid", {"year": ["Too early."]}),
        ("django-validation", {"name": ["Too long."]}),
        ("django-validation-whole", {"non_field_errors": ["Contradicts itself."]}),
        ("nested", {"rows.1.rating": ["Too high."]}),
        ("whole", {"non_field_errors": ["Contradicts itself."]}),
    ],
)
def test_the_details_of_a_validation_error_map_fields_to_messages(
    client: Client, what: str, details: dict[str, list[str]]
) -> None:
    assert error_of(client.get(f"/api/raises/{what}/"))["details"] == details


@pytest.mark.parametrize("what", ["not-authenticated", "authentication-failed"])
def test_a_401_says_how_to_authenticate(client: Client, what: str) -> None:
    assert client.get(f"/api/raises/{what}/")["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("what", "seconds"),
    [("rate-limited", "7"), ("unavailable", "3"), ("operational", "5"), ("upstream-away", "7")],
)
def test_an_answer_that_may_be_asked_for_again_says_when(
    client: Client, what: str, seconds: str
) -> None:
    assert client.get(f"/api/raises/{what}/")["Retry-After"] == seconds


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("path", ["/api/nothing/", "/api/nothing", "/api/", "/api", "/api/v1/x/y"])
def test_an_unknown_path_is_404_for_every_method(client: Client, method: str, path: str) -> None:
    response = client.generic(method.upper(), path)
    assert response.status_code == 404
    assert error_of(response)["error"] == "NOT_FOUND"


def test_a_method_that_is_not_there_is_405_and_the_others_are_named(client: Client) -> None:
    response = client.delete("/api/echo/")
    assert response.status_code == 405
    assert error_of(response)["error"] == "METHOD_NOT_ALLOWED"
    assert response["Allow"] == "POST, PATCH, OPTIONS"


def test_a_method_that_nobody_has_heard_of_is_405(client: Client) -> None:
    assert client.generic("BREW", "/api/echo/").status_code == 405


def test_a_missing_method_is_405_before_anybody_must_sign_in(client: Client) -> None:
    assert client.delete("/api/private/").status_code == 405


def test_an_error_page_of_django_becomes_json_under_the_api(client: Client) -> None:
    response = client.get("/api/plain/")
    assert response.status_code == 500
    assert error_of(response)["error"] == "INTERNAL_ERROR"


def test_a_host_that_is_not_ours_is_refused_in_json(client: Client) -> None:
    response = client.get("/api/listing/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert error_of(response)["error"] == "VALIDATION_ERROR"


def test_a_database_that_is_away_is_503_under_the_api_and_on_pages(client: Client) -> None:
    response = client.get("/api/away/")
    assert response.status_code == 503
    assert error_of(response)["error"] == "INTERNAL_ERROR"
    page = client.get("/away")
    assert page.status_code == 503
    assert page["Retry-After"] == "5"
    assert page.content == b"<h1>Away</h1>"


def test_a_mistake_of_ours_on_a_page_is_left_to_the_pages(client: Client) -> None:
    with pytest.raises(RuntimeError):
        client.get("/breaks")


# --- paths


@pytest.mark.parametrize(
    "path", ["/api/listing/", "/api/listing", "/api/v1/listing/", "/api/v1/listing"]
)
def test_a_path_works_in_every_spelling(client: Client, path: str) -> None:
    assert client.get(path).json()["count"] == 45


def test_a_post_is_not_redirected_for_want_of_a_slash(client: Client) -> None:
    for path in ("/api/echo", "/api/v1/echo"):
        response = client.post(path, {"movie_id": 1}, content_type="application/json")
        assert (response.status_code, response.json()) == (200, {"movie_id": 1})


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/movies", "/api/movies"),
        ("/movies/603?append=similar", "/api/movies/603?append=similar"),
        ("/search?q=heat", "/api/search?q=heat"),
        ("/login", "/api/login"),
        ("/register/", "/api/register/"),
        ("/profile", "/api/profile"),
        ("/watchlist/603", "/api/watchlist/603"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/json, text/plain, */*"])
def test_a_client_without_api_is_sent_there_with_method_and_body(
    client: Client, path: str, location: str, accept: str
) -> None:
    for method in ("GET", "POST", "PATCH"):
        response = client.generic(method, path, headers={"accept": accept})
        assert response.status_code == 308
        assert response["Location"] == location
        assert response["Vary"] == "Accept"


@pytest.mark.parametrize("accept", ["text/html", "text/html, application/json", "*/*", ""])
def test_a_browser_stays_on_the_page(client: Client, accept: str) -> None:
    response = client.get("/page", headers={"accept": accept})
    assert response.content == b"a page"
    assert not response.has_header("Vary")


def test_a_page_whose_data_is_at_the_same_path_is_kept_apart_from_it(client: Client) -> None:
    assert "Accept" in client.get("/search", headers={"accept": "text/html"})["Vary"]


def test_a_page_has_one_address_without_a_slash(client: Client) -> None:
    response = client.get("/page/?a=1")
    assert (response.status_code, response["Location"]) == (308, "/page?a=1")


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example//", "/\\evil.example/"])
def test_a_redirect_never_leaves_the_site(client: Client, path: str) -> None:
    location = client.get("/", PATH_INFO=path)["Location"]
    assert re.match(r"/[^/\\]", location)


# --- headers


def test_a_request_id_is_taken_when_well_formed_and_else_made(client: Client) -> None:
    given = client.get("/api/listing/", headers={"x-request-id": "trace.0-1_A"})
    assert given["X-Request-ID"] == "trace.0-1_A"
    for bad in ("short", "x" * 129, "with space here", "line%0d%0abreak;", "ünïcödé-request"):
        made = client.get("/api/listing/", headers={"x-request-id": bad})["X-Request-ID"]
        assert UUID.fullmatch(made)


@pytest.mark.parametrize(
    "path", ["/api/listing/", "/api/nothing/", "/api/private/", "/api/raises/bug/", "/api/shared/"]
)
def test_every_answer_says_where_the_client_stands(client: Client, path: str) -> None:
    response = client.get(path)
    assert response["RateLimit-Limit"] == "1200"
    assert response["RateLimit-Remaining"] == "1199"
    assert 1 <= int(response["RateLimit-Reset"]) <= 60


def test_a_client_past_its_limit_is_told_to_wait(client: Client, settings: Settings) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "read": 2}
    assert [client.get("/api/listing/").status_code for _ in range(3)] == [200, 200, 429]
    response = client.get("/api/listing/")
    assert error_of(response)["error"] == "RATE_LIMITED"
    assert int(response["Retry-After"]) >= 1
    assert response["RateLimit-Remaining"] == "0"
    assert client.generic("POST", "/api/echo/").status_code == 200, "another scope counts alone"


def test_a_forged_token_costs_its_senders_address(client: Client, settings: Settings) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "read": 2}
    forged = {"authorization": "Bearer forged"}
    statuses = [client.get("/api/listing/", headers=forged).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_spoofed_address_does_not_help(client: Client, settings: Settings) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "read": 2}
    statuses = [
        client.get("/api/listing/", headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code
        for number in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_behind_our_proxy_the_address_is_the_one_that_it_saw(
    client: Client, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "read": 1}
    for number in range(2):
        for status in (200, 429):
            seen = {"x-forwarded-for": f"spoofed, 10.0.0.{number}"}
            assert client.get("/api/listing/", headers=seen).status_code == status


def test_a_private_answer_is_kept_by_nobody(client: Client) -> None:
    response = client.get("/api/listing/")
    assert response["Cache-Control"] == "private, no-store"
    assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))
    assert not response.has_header("ETag")


def test_a_public_answer_has_an_etag_and_is_304_when_known(client: Client) -> None:
    first = client.get("/api/shared/")
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/shared/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["RateLimit-Remaining"] == "1198"
    assert again["X-Request-ID"]


def test_an_answer_that_differs_for_members_is_shared_by_the_others(client: Client) -> None:
    response = client.get("/api/mixed/")
    assert response["Cache-Control"] == "public, max-age=60"
    assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))


def test_a_members_own_answer_stays_private(client: Client, member: User) -> None:
    client.force_login(member)
    response = client.get("/api/mixed/")
    assert response.json() == {"signed_in": True}
    assert response["Cache-Control"] == "private, no-store"


def test_members_behind_one_address_are_counted_apart(
    client: Client, member: User, settings: Settings
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "read": 1}
    assert client.get("/api/listing/").status_code == 200
    client.force_login(member)
    assert client.get("/api/private/").status_code == 200
    assert client.get("/api/private/").status_code == 429


def test_a_session_without_its_csrf_token_changes_nothing(member: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.get("/api/private/").status_code == 200
    response = client.post("/api/private/", {}, content_type="application/json")
    assert response.status_code == 403
    assert error_of(response)["error"] == "PERMISSION_DENIED"


def test_head_is_get_without_a_body_and_options_names_the_methods(client: Client) -> None:
    head = client.head("/api/listing/")
    assert (head.status_code, head.content) == (200, b"")
    options = client.options("/api/private/")
    assert (options.status_code, options.content) == (204, b"")
    assert options["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_no_other_origin_may_read_unless_the_settings_say_so(
    client: Client, settings: Settings
) -> None:
    origin = {"origin": "https://app.example"}
    assert not client.get("/api/listing/", headers=origin).has_header("Access-Control-Allow-Origin")
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    allowed = client.get("/api/listing/", headers=origin)
    assert allowed["Access-Control-Allow-Origin"] == "https://app.example"
    assert "X-Request-ID" in allowed["Access-Control-Expose-Headers"]
    preflight = client.options(
        "/api/creates/", headers={**origin, "access-control-request-method": "POST"}
    )
    assert preflight.status_code == 200
    assert "idempotency-key" in preflight["Access-Control-Allow-Headers"]


def test_a_cache_that_forgets_everything_breaks_nothing(client: Client) -> None:
    assert client.get("/api/shared/").status_code == 200
    cache.clear()
    assert client.get("/api/shared/").status_code == 200
