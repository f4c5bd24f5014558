"""The models, and what goes with one film."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.api.docs.views import document
from moviverse.catalog.models import Movie
from tests.factories import catalog
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries, Settings

    from tests.factories.recommendations import Site

TEN = {
    *("EASE", "ItemKNN", "SVD", "iALS", "NeuralMF", "DeepFM"),
    *("Content", "Popularity", "Sequence", "Hybrid"),
}
SIMILAR = f"/api/movies/{HEAT}/similar/"
ALSO_LIKED = f"/api/movies/{HEAT}/recommendations/"


@pytest.mark.usefixtures("site")
def test_all_ten_models_are_listed(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        body = APIClient().get("/api/models/").json()
    models = {model["name"]: model for model in body["models"]}
    assert set(models) == TEN
    for model in models.values():
        assert model.keys() == {
            "name",
            "type",
            "description",
            "status",
            "version",
            "trained_at",
            "metrics",
        }
    assert {n for n, m in models.items() if m["type"] == "neural"} == {"NeuralMF", "DeepFM"}
    assert {n for n, m in models.items() if m["status"] == "ready"} == {
        "EASE",
        "ItemKNN",
        "Content",
        "Popularity",
        "SVD",
        "iALS",
        "Hybrid",
    }
    assert models["DeepFM"]["status"] == "not trained"
    assert models["DeepFM"]["version"] is None
    assert models["EASE"]["trained_at"]


@pytest.mark.usefixtures("site")
def test_who_knows_the_models_already_is_not_told_again() -> None:
    told = APIClient().get("/api/models/")
    assert told["Cache-Control"] == "public, max-age=0"
    again = APIClient().get("/api/models/", HTTP_IF_NONE_MATCH=told["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_models_that_nobody_trained_say_so(settings: Settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path
    body = APIClient().get("/api/models").json()
    assert {m["status"] for m in body["models"]} == {"not trained"}


@pytest.mark.usefixtures("site")
def test_similar_films_are_cards_with_reasons(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    APIClient().get(SIMILAR)
    with django_assert_num_queries(3):  # what changed, whether the film exists, and the cards
        response = APIClient().get(f"{SIMILAR}?limit=99&page_size=5")
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("public, max-age=")
    assert response["ETag"]
    body = response.json()
    assert (body["model"], len(body["results"])) == ("Content", 5)
    film = body["results"][0]
    assert {"tmdb_id", "title", "genres", "poster_url", "score", "reasons"} <= film.keys()
    assert sum(w["share"] for w in film["reasons"]) == pytest.approx(film["score"], abs=1e-5)


@pytest.mark.usefixtures("site")
def test_what_viewers_also_liked_is_an_answer_with_reasons(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    APIClient().get(ALSO_LIKED)
    with django_assert_num_queries(3):
        body = APIClient().get(f"{ALSO_LIKED}?limit=7&page_size=5").json()
    assert (body["model"], body["count"], body["total_pages"]) == ("ItemKNN", 7, 2)
    film = body["results"][0]
    assert film.keys() == {"rank", "score", "predicted_rating", "movie", "reasons"}
    assert film["reasons"][0]["text"] == "Viewers who liked “Heat” also liked it"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("path", "component"), [(SIMILAR, "SimilarPage"), (ALSO_LIKED, "AlsoLikedPage")]
)
def test_the_document_names_all_that_is_answered(path: str, component: str) -> None:
    described = json.loads(document())["components"]["schemas"][component]
    assert APIClient().get(path).json().keys() == described["properties"].keys()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("what", ["similar", "recommendations"])
def test_a_film_that_is_new_or_unknown(what: str) -> None:
    new = catalog.film(title="Colder", genres=("Crime",))
    body = APIClient().get(f"/api/movies/{new.pk}/{what}/").json()
    assert body["model"] == "Content"
    assert body["count"] > 0
    for unknown in (77_777_777, 2**63, 10**40, 0):
        response = APIClient().get(f"/api/movies/{unknown}/{what}/")
        assert (response.status_code, response.json()["error"]) == (404, "NOT_FOUND")


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "page_size=101", "mood=sad", "page=x"])
def test_a_malformed_query_is_refused(query: str) -> None:
    for path in (SIMILAR, ALSO_LIKED):
        response = APIClient().get(f"{path}?{query}")
        assert (response.status_code, response.json()["error"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("path", [SIMILAR, ALSO_LIKED])
def test_neighbours_are_remembered_until_the_catalogue_or_a_model_changes(
    site: Site, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = APIClient().get(path)
    with django_assert_num_queries(1):  # what changed
        again = APIClient().get(path)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert first.json() == again.json()
    Movie.objects.filter(pk=site.ids[-1]).update(updated_at=timezone.now())
    assert APIClient().get(path)["X-Cache"] == "miss"
