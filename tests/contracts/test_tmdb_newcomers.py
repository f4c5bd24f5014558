"""A film of TMDb's on its way: asked for, shown, kept, and recommended, with no training between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moviverse.recommendations import newcomers
from tests.factories import accounts
from tests.factories.jobs import run_pending
from tests.fakes import tmdb_catalogue

if TYPE_CHECKING:
    from tests.fakes.tmdb_server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_newcomers_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "_kept", {})


def twins() -> tuple[int, int]:
    """Return two films that nobody here knows, of the same genres."""
    first, *others = tmdb_catalogue.ENDLESS[:5_000]
    genres = set(tmdb_catalogue.card(first)["genre_ids"])
    alike = (each for each in others if set(tmdb_catalogue.card(each)["genre_ids"]) == genres)
    return first, next(alike)


def ids(answer: Any) -> list[int]:
    return [each["movie"]["tmdb_id"] for each in answer.json()["results"]]


@pytest.mark.usefixtures("site")
def test_a_film_of_tmdbs_is_asked_for_kept_and_recommended(fake_tmdb: Server) -> None:
    first, second = twins()
    viewer, neighbour = (accounts.client_of(accounts.member()) for _ in range(2))
    assert neighbour.get(f"/api/movies/{second}/").json()["title"] == f"Reel {second}"
    saved = viewer.post("/api/user/favorites/", {"tmdb_id": first}, format="json")
    assert saved.json()["in_catalog"] is False
    assert "done" in {job.state for job in run_pending()}
    detail = viewer.get(f"/api/movies/{first}/").json()
    assert (detail["title"], detail["me"]["favorite"]) == (f"Reel {first}", True)
    answer = viewer.get("/api/movies/recommendations/?strategy=content&limit=100")
    assert second in ids(answer)
    assert first not in ids(answer)
    assert fake_tmdb.count(f"/movie/{first}") == fake_tmdb.count(f"/movie/{second}") == 1
