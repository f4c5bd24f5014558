"""The canonical paths and their aliases: each is there, in every spelling, and is documented."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import resolve

from moviverse.api import paths
from moviverse.api.docs.views import document
from moviverse.api.unknown.views import UnknownPath
from tests.factories.accounts import PASSWORD, member

if TYPE_CHECKING:
    import httpx

    from tests.factories.recommendations import Site

CANONICAL = """
POST /api/auth/register/
POST /api/auth/login/
POST /api/auth/token/refresh/
POST /api/auth/refresh/
POST /api/auth/logout/
POST /api/auth/logout/all/
GET PATCH DELETE /api/auth/me/
GET PATCH /api/auth/user/
GET PATCH /api/profile/
GET /api/auth/me/export/
POST /api/auth/me/avatar/
POST /api/auth/password-change/
POST /api/auth/password-reset/
POST /api/auth/password-reset/confirm/
GET /api/movies/
GET /api/movies/trending/
GET /api/movies/popular/
GET /api/movies/top-rated/
GET /api/movies/upcoming/
GET /api/movies/{}/
GET /api/movies/{}/similar/
GET /api/movies/{}/recommendations/
GET /api/movies/search/
GET /api/search/
GET /api/movies/suggest/
GET /api/genres/
GET /api/people/{}/
POST /api/movies/{}/track-view/
GET POST /api/user/favorites/
GET POST /api/users/favorites/
DELETE /api/user/favorites/{}/
GET POST /api/user/watchlist/
DELETE /api/user/watchlist/{}/
GET POST /api/watchlist/
POST DELETE /api/watchlist/{}/
GET POST /api/user/history/
PATCH DELETE /api/user/history/{}/
GET /api/user/continue-watching/
GET /api/user/ratings/
GET PUT DELETE /api/user/ratings/{}/
GET POST /api/movies/{}/reviews/
PUT PATCH DELETE /api/reviews/{}/
GET POST /api/interactions/
POST /api/interactions/batch/
POST /api/user/import/
GET /api/user/import/{}/
GET /api/user/export/
GET /api/movies/recommendations/
GET /api/movies/recommended/
GET /api/users/recommendations/
GET /api/recommendations/
GET POST /api/recommend/
POST /api/recommend/batch/
GET /api/models/
GET /api/recommendations/{}/
GET /api/user/recommendations/history/
POST /api/user/recommendations/feedback/
POST /api/recommend/group/
GET /health/
GET /health/live/
GET /health/ready/
GET /api/health/
""".strip().splitlines()
UNDOCUMENTED = ("/api/schema/", "/api/docs/", "/api/redoc/")
PAGED = [
    "/api/movies/",
    "/api/movies/popular/",
    "/api/movies/top-rated/",
    "/api/movies/upcoming/",
    "/api/movies/search/?q=heat",
    "/api/genres/",
    "/api/movies/949/similar/",
    "/api/movies/949/recommendations/",
    "/api/movies/949/reviews/",
    "/api/user/favorites/",
    "/api/user/watchlist/",
    "/api/user/history/",
    "/api/user/ratings/",
    "/api/user/recommendations/history/",
]
PAGE = {"count", "page", "page_size", "total_pages", "next", "previous", "results"}
PAGE_HEADERS = ("Page", "Limit", "Page-Count", "Item-Count")
ANY_ID = "00000000-0000-4000-8000-000000000001"
# Some of what stands in a path is a number, some a UUID; of the rest either will do.
EXAMPLES = {"movies": "949", "ratings": "949", "watchlist": "949", "favorites": "949"}


def documented() -> set[tuple[str, str]]:
    """Return method and path of every operation, whatever its parameters are called."""
    described = json.loads(document())["paths"]
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, operations in described.items()
        for method in operations
    }


def filled(path: str) -> str:
    """Return a path with an id in it."""
    before = path.split("/{}", maxsplit=1)[0].rsplit("/", 1)[1]
    return path.replace("{}", EXAMPLES.get(before, ANY_ID))


@pytest.fixture
def signed_in(app: httpx.Client, site: Site) -> httpx.Client:  # noqa: ARG001 - films and models
    member(username="ann")
    said = app.post("/api/auth/login/", json={"username": "ann", "password": PASSWORD}).json()
    app.headers["Authorization"] = f"Bearer {said['access']}"
    return app


def asked(client: httpx.Client, path: str, **more: Any) -> httpx.Response:
    place, _, query = path.partition("?")
    told = dict(each.split("=") for each in query.split("&") if each)
    return client.get(place, params={**told, **more})


@pytest.mark.parametrize("line", CANONICAL)
def test_a_path_is_documented_with_all_its_methods(line: str) -> None:
    *methods, path = line.split()
    assert {(method, path) for method in methods} <= documented()


@pytest.mark.parametrize("path", [*(line.split()[-1] for line in CANONICAL), *UNDOCUMENTED])
def test_a_path_is_there_in_every_spelling(path: str) -> None:
    address = filled(path)
    spellings = {address, address.rstrip("/")}
    if address.startswith(paths.API):
        rest = address.removeprefix(paths.API)
        spellings |= {f"{paths.VERSIONED}{rest}", f"{paths.VERSIONED}{rest}".rstrip("/")}
    views = {resolve(paths.canonical(each)).func for each in spellings}
    (view,) = views
    assert getattr(view, "cls", None) is not UnknownPath


def test_a_list_is_paged_and_says_so_in_its_headers(signed_in: httpx.Client) -> None:
    for path in PAGED:
        answer = asked(signed_in, path, page_size=2)
        said = answer.json()
        assert answer.status_code == 200, (path, said)
        assert set(said) >= PAGE, path
        assert (said["page"], said["page_size"]) == (1, 2)
        assert len(said["results"]) <= 2
        told = [answer.headers[f"X-Pagination-{name}"] for name in PAGE_HEADERS]
        assert told == ["1", "2", str(said["total_pages"]), str(said["count"])], path


@pytest.mark.parametrize(
    ("told", "status"),
    [({"page": 999}, 404), ({"page_size": 101}, 400), ({"page": "x"}, 400), ({"colour": 1}, 400)],
    ids=["out of range", "too large", "no number", "unknown"],
)
def test_a_page_that_cannot_be_is_refused(
    signed_in: httpx.Client, told: dict[str, Any], status: int
) -> None:
    code = {404: "NOT_FOUND", 400: "VALIDATION_ERROR"}[status]
    answers = {path: asked(signed_in, path, **told) for path in PAGED}
    refused = {path: (each.status_code, each.json()["error"]) for path, each in answers.items()}
    assert refused == dict.fromkeys(PAGED, (status, code))
