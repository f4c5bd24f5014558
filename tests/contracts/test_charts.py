"""What is popular, best rated and yet to come, over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

CHARTS = ["popular", "top-rated", "upcoming"]


@pytest.fixture
def shelf() -> None:
    soon = timezone.localdate() + timedelta(days=7)
    catalog.film(title="Known", popularity=9.0, vote_average=6.0, vote_count=900)
    catalog.film(title="Good", popularity=5.0, vote_average=8.5, vote_count=400)
    catalog.film(title="Soon", popularity=7.0, released_on=soon)
    catalog.film(title="For adults", popularity=8.0, is_adult=True, vote_average=9.9,
                 vote_count=900, released_on=soon)  # fmt: skip


def get(chart: str, **query: Any) -> Any:
    return APIClient().get(f"/api/movies/{chart}/", query)


def titles(chart: str) -> list[str]:
    return [card["title"] for card in get(chart).json()["results"]]


@pytest.mark.usefixtures("shelf")
def test_each_chart_has_its_order_and_nothing_for_adults_alone() -> None:
    assert titles("popular") == ["Known", "Soon", "Good"]
    assert titles("top-rated") == ["Good", "Known"]
    assert titles("upcoming") == ["Soon"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_page_of_cards_that_says_where_it_comes_from(chart: str) -> None:
    answer = get(chart, page_size=1)
    body = answer.json()
    assert body["source"] == "local"
    assert body["page_size"] == len(body["results"]) == 1
    assert set(body["results"][0]) == {
        "tmdb_id",
        "title",
        "release_date",
        "release_year",
        "genres",
        "runtime",
        "vote_average",
        "poster_url",
    }
    assert answer["X-Pagination-Item-Count"] == str(body["count"])
    assert "public" in answer["Cache-Control"]
    again = APIClient().get(f"/api/movies/{chart}/?page_size=1", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_takes_three_queries_and_one_when_it_is_remembered(
    chart: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):  # what changed, how many, the cards
        first = get(chart)
    with django_assert_num_queries(1):
        again = get(chart)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert first.json() == again.json()


@pytest.mark.parametrize("chart", CHARTS)
def test_an_empty_catalogue_has_empty_charts(chart: str) -> None:
    answer = get(chart)
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    ("query", "status"),
    [({"page": 2}, 404), ({"page": "x"}, 400), ({"page_size": 101}, 400), ({"genre": "War"}, 400)],
)
def test_what_a_chart_cannot_give_is_refused(
    chart: str, query: dict[str, Any], status: int
) -> None:
    assert get(chart, **query).status_code == status


def test_what_comes_out_today_is_not_upcoming_any_more() -> None:
    catalog.film(title="Today", released_on=timezone.localdate())
    catalog.film(title="Long ago", released_on=date(1995, 12, 15))
    assert titles("upcoming") == []
