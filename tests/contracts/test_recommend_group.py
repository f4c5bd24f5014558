"""One list for several people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.api.docs.views import document
from moviverse.library import services as library
from moviverse.recommendations import services
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site

PATH = "/api/recommend/group/"


@pytest.fixture
def viewer(site: Site) -> User:
    user = accounts.member()
    for place, movie_id in enumerate(site.ids[:8]):
        library.rate(
            user=user, movie_id=movie_id, value=[5, 4, 3, 1.5][place % 4], now=timezone.now()
        )
    return user


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


def ask(client: APIClient, **body: Any) -> Any:
    return client.post(PATH, body, "json")


def children(site: Site) -> list[int]:
    return [f.tmdb_id or 0 for f in site.films if "Animation" in f.genres]


@pytest.mark.parametrize(
    ("aggregation", "together"),
    [
        ("average", lambda scores: sum(scores) / len(scores)),
        ("least_misery", min),
        ("most_pleasure", max),
    ],
)
def test_a_list_for_several_says_what_each_film_is_to_each(
    client: APIClient, viewer: User, site: Site, aggregation: str, together: Any
) -> None:
    contexts = [children(site)[:2], [HEAT, {"movie_id": 680, "rating": 4.5}]]
    response = ask(
        client,
        user_ids=[str(viewer.pk)],
        contexts=contexts,
        aggregation=aggregation,
        limit=10,
        filters={"exclude": [site.ids[-1]]},
    )
    assert response.status_code == 200
    body = response.json()
    described = json.loads(document())["components"]["schemas"]["GroupAnswer"]
    assert body.keys() == described["properties"].keys()
    assert [(m["user_id"], m["context"]) for m in body["members"]] == [
        (str(viewer.pk), None),
        (None, 0),
        (None, 1),
    ]
    assert [film["rank"] for film in body["results"]] == list(range(1, 11))
    scores = [film["score"] for film in body["results"]]
    assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-3)
    seen = {*site.ids[:8], *children(site)[:2], HEAT, 680, site.ids[-1]}
    for film in body["results"]:
        assert film["movie"]["tmdb_id"] not in seen
        own = [each["score"] for each in film["members"]]
        assert film["score"] == pytest.approx(together(own), abs=1e-5)
        assert all(-1 <= each <= 1 for each in own)
        assert [each["member"] for each in film["members"]] == [0, 1, 2]
        assert all(len(each["reasons"]) <= 1 for each in film["members"])
    assert any(each["reasons"] for film in body["results"] for each in film["members"])


def test_nobodys_scale_dominates(client: APIClient, site: Site) -> None:
    """One has said little and one much: the best film of each is worth the same."""
    much = [{"movie_id": each, "rating": 5} for each in site.ids[:20]]
    body = ask(client, contexts=[much, children(site)[:1]], aggregation="most_pleasure", limit=40)
    films = body.json()["results"]
    for member in range(2):
        assert max(film["members"][member]["score"] for film in films) == pytest.approx(1.0)


def test_what_a_member_dismissed_is_left_out(client: APIClient, viewer: User, site: Site) -> None:
    ids = {"user_ids": [str(viewer.pk)], "contexts": [children(site)[:1]]}
    first = ask(client, **ids).json()["results"][0]["movie"]["tmdb_id"]
    services.give_feedback(user=viewer, movie_id=first, action="dismiss", now=timezone.now())
    after = [film["movie"]["tmdb_id"] for film in ask(client, **ids, limit=100).json()["results"]]
    assert first not in after


def test_newcomers_and_new_films_take_part(site: Site) -> None:
    new = catalog.film(title="Colder", genres=("Crime", "Thriller"))
    someone = accounts.member(preferred_genres=["Animation"])
    body = ask(accounts.client_of(someone), user_ids=[str(someone.pk)], contexts=[[new.pk]]).json()
    assert [member["strategy"] for member in body["members"]] == ["preferences", "content"]
    assert len(body["results"]) == 20
    assert site.ids


def test_a_group_takes_few_queries(
    client: APIClient, viewer: User, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body = {"user_ids": [str(viewer.pk)], "contexts": [[each] for each in site.ids[10:29]]}
    ask(client, **body)
    with django_assert_num_queries(4):  # token, members, memories, cards
        assert len(ask(client, **body).json()["members"]) == 20


def test_other_peoples_tastes_are_their_own(client: APIClient, viewer: User) -> None:
    other = accounts.member()
    for stranger in (str(other.pk), str(uuid4())):
        refused = ask(client, user_ids=[str(viewer.pk), stranger])
        assert (refused.status_code, refused.json()["error"]) == (403, "PERMISSION_DENIED")
    administrator = accounts.client_of(accounts.administrator())
    allowed = ask(administrator, user_ids=[str(viewer.pk), str(other.pk)], limit=3)
    assert allowed.status_code == 200
    missing = ask(administrator, user_ids=[str(viewer.pk), str(uuid4())])
    assert (missing.status_code, missing.json()["details"]) == (
        400,
        {"1": ["There is no such user."]},
    )
    assert ask(APIClient(), contexts=[[HEAT], [680]]).status_code == 401


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_DATA"),
        ({"aggregation": "average"}, "MISSING_CONTEXT"),
        ({"contexts": []}, "MISSING_CONTEXT"),
        ({"contexts": [[HEAT]]}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT]] * 21}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT], [680]], "aggregation": "dictator"}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT], [680]], "limit": 101}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT], [680]], "mood": 1}, "VALIDATION_ERROR"),
        ({"contexts": [[HEAT], "x"]}, "INVALID_CONTEXT"),
        ({"contexts": [[HEAT], [77_777_777]]}, "INVALID_CONTEXT"),
        ({"contexts": [[HEAT], [680]], "model": "Oracle"}, "INVALID_MODEL"),
        ({"user_ids": ["x", "y"]}, "VALIDATION_ERROR"),
        ({"contexts": "x"}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_group_is_refused(client: APIClient, body: dict[str, Any], code: str) -> None:
    response = ask(client, **body)
    assert (response.status_code, response.json()["error"]) == (400, code)


def test_nobody_is_in_a_group_twice(client: APIClient, viewer: User) -> None:
    response = ask(client, user_ids=[str(viewer.pk)] * 2)
    assert response.json()["details"] == {"user_ids": ["Name everybody once."]}
