"""A list that is carried on: no film twice, and an order that stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from moviverse.library import services as library
from moviverse.recommendations import cursors
from moviverse.recommendations.models import Receipt
from tests.factories import accounts

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from rest_framework.test import APIClient

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site

PATH = "/api/movies/recommendations/"


@pytest.fixture
def viewer(site: Site) -> User:
    user = accounts.member()
    for place, movie_id in enumerate(site.ids[:10]):
        library.rate(
            user=user, movie_id=movie_id, value=[5, 4, 3, 1.5][place % 4], now=timezone.now()
        )
    return user


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


def ids(body: dict[str, Any]) -> list[int]:
    return [film["movie"]["tmdb_id"] for film in body["results"]]


def pages(client: APIClient, address: str | None) -> list[dict[str, Any]]:
    found = []
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.json()
        found.append(response.json())
        address = found[-1]["next"]
    return found


@pytest.mark.parametrize(
    "query", ["limit=7", "limit=7&diversity=0.7", "limit=7&strategy=content", "limit=7&genre=Drama"]
)
def test_the_pages_are_the_long_list_in_pieces(client: APIClient, query: str) -> None:
    whole = client.get(f"{PATH}?{query.replace('limit=7', 'limit=100')}").json()
    found = pages(client, f"{PATH}?{query}")
    assert [each for page in found for each in ids(page)] == ids(whole)
    assert [f["rank"] for page in found for f in page["results"]] == list(
        range(1, len(whole["results"]) + 1)
    )
    films = [f for page in found for f in page["results"]]
    assert [f["score"] for f in films] == pytest.approx(
        [f["score"] for f in whole["results"]], abs=1e-5
    )
    for film in films:
        assert sum(w["share"] for w in film["reasons"]) == pytest.approx(film["score"], abs=1e-5)


def test_a_newcomers_list_is_carried_on_too(site: Site) -> None:
    client = accounts.client_of(accounts.member(preferred_genres=["Animation"]))
    found = pages(client, f"{PATH}?limit=25")
    assert [page["strategy"] for page in found] == ["preferences"] * 3
    shown = [each for page in found for each in ids(page)]
    assert sorted(shown) == sorted(site.ids)


def test_what_is_said_in_between_changes_nothing_but_that_it_vanishes(
    client: APIClient, viewer: User
) -> None:
    whole = ids(client.get(f"{PATH}?limit=100").json())
    first = client.get(f"{PATH}?limit=5").json()
    library.rate(user=viewer, movie_id=whole[6], value=0.5, now=timezone.now())
    library.rate(user=viewer, movie_id=whole[0], value=0.5, now=timezone.now())
    client.post(
        "/api/user/recommendations/feedback/",
        {"movie_id": whole[8], "action": "dismiss"},
        "json",
    )
    second = client.get(first["next"]).json()
    expected = [each for each in whole[5:] if each not in {whole[6], whole[8]}]
    assert ids(second) == expected[:5]
    assert [film["rank"] for film in second["results"]] == [6, 7, 8, 9, 10]
    assert ids(client.get(second["next"]).json()) == expected[5:10]
    assert ids(client.get(f"{PATH}?limit=5").json()) != whole[:5]


def test_a_list_that_shows_what_was_seen_goes_on_showing_it(client: APIClient) -> None:
    first = client.get(f"{PATH}?limit=5&exclude_seen=false").json()
    whole = ids(client.get(f"{PATH}?limit=100&exclude_seen=false").json())
    assert ids(client.get(first["next"]).json()) == whole[5:10]


def test_a_page_may_be_larger_than_the_one_before(client: APIClient) -> None:
    first = client.get(f"{PATH}?limit=2").json()
    second = client.get(f"{first['next']}&limit=9").json()
    assert len(second["results"]) == 9
    assert "limit=9" in second["next"]
    assert len(client.get(second["next"]).json()["results"]) == 9


def test_every_page_has_its_receipt_and_names_the_first(client: APIClient) -> None:
    first, second, *_ = pages(client, f"{PATH}?limit=20")
    kept = client.get(f"/api/recommendations/{second['request_id']}/").json()
    assert kept["first_request_id"] == first["request_id"]
    assert [(f["rank"], f["tmdb_id"]) for f in kept["results"]] == [
        (f["rank"], f["movie"]["tmdb_id"]) for f in second["results"]
    ]
    began = client.get(f"/api/recommendations/{first['request_id']}/").json()
    assert began["first_request_id"] is None
    assert kept["history"] == began["history"]


def test_a_later_page_takes_five_queries(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = client.get(f"{PATH}?limit=5").json()["next"]
    client.get(address)
    with django_assert_num_queries(5):  # token, first receipt, memory, cards, receipt
        client.get(address)


def test_the_address_keeps_the_version_and_the_path_of_the_client(client: APIClient) -> None:
    address = client.get("/api/v1/recommendations?limit=1").json()["next"]
    assert urlsplit(address).path == "/api/v1/recommendations"
    assert client.get(address).status_code == 200


def refused(client: APIClient, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.json()["error"]) == (400, "VALIDATION_ERROR")
    assert "cursor" in response.json()["details"] or "genre" in response.json()["details"]


def test_a_cursor_is_nobody_elses_and_cannot_be_made_up(client: APIClient, viewer: User) -> None:
    address = client.get(f"{PATH}?limit=5").json()["next"]
    refused(accounts.client_of(accounts.member()), address)
    (cursor,) = parse_qs(urlsplit(address).query)["cursor"]
    body, _, signature = cursor.partition(".")
    for wrong in ("", "x", "x.y", f"{body}.", f".{signature}", f"{cursor}x", "%00", "a" * 301):
        refused(client, f"{PATH}?cursor={wrong}")
    refused(client, f"{PATH}?cursor={cursor}&cursor={cursor}")
    refused(client, f"{PATH}?cursor={cursor}&genre=Crime")
    assert client.get(f"{PATH}?cursor={cursor}").status_code == 200
    Receipt.objects.filter(user=viewer).delete()
    refused(client, address)


def test_a_cursor_ends_after_a_day(client: APIClient, viewer: User) -> None:
    first = client.get(f"{PATH}?limit=5").json()
    now = timezone.now()
    place = cursors.Place(Receipt.objects.get(pk=first["request_id"]).pk, skipped=0, rank=6)
    for age, status in ((timedelta(hours=23), 200), (timedelta(hours=25), 400)):
        cursor = cursors.issue(place, user_id=viewer.pk, now=now - age)
        assert client.get(f"{PATH}?cursor={cursor}").status_code == status
