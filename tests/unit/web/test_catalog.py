from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.factories import catalog

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def titles(client: Client, **query: str | int) -> list[str]:
    text = client.get("/catalog", query).content.decode()
    return re.findall(r'<span class="card-title">([^<]+)</span>', text)


@pytest.fixture
def three_films() -> None:
    catalog.film(title="Alpha", genres=("Crime",), language="en", released_on=None, popularity=3.0)
    catalog.film(title="Beta", genres=("War", "Crime"), language="fr", popularity=2.0)
    catalog.film(title="Gamma", genres=("War",), language="fr", popularity=1.0)


@pytest.mark.usefixtures("three_films")
def test_the_catalogue_shows_the_best_known_films_first(client: Client) -> None:
    assert titles(client) == ["Alpha", "Beta", "Gamma"]


@pytest.mark.usefixtures("three_films")
def test_filters_narrow_and_an_order_sorts(client: Client) -> None:
    assert titles(client, genre="War") == ["Beta", "Gamma"]
    assert titles(client, genre="Crime", language="fr") == ["Beta"]
    assert titles(client, sort="title_asc", language="fr") == ["Beta", "Gamma"]


def test_years_narrow(client: Client) -> None:
    for year in (1990, 1995, 2000):
        catalog.film(title=f"Of {year}", release_year=year)
    assert titles(client, year=1995) == ["Of 1995"]
    assert sorted(titles(client, year_from=1995)) == ["Of 1995", "Of 2000"]
    assert sorted(titles(client, year_to=1994)) == ["Of 1990"]


@pytest.mark.usefixtures("three_films")
def test_a_form_keeps_what_was_asked_for(client: Client) -> None:
    text = client.get("/catalog?genre=War&sort=title_asc").content.decode()
    assert '<option value="War" selected>' in text
    assert '<option value="title_asc" selected>' in text


@pytest.mark.parametrize(
    "query",
    ["genre=Nonsense", "language=xxxxx", "year=soon", "year=99999999999999999999", "sort=worst"],
)
@pytest.mark.usefixtures("three_films")
def test_a_wrong_filter_is_told_beside_its_field(client: Client, query: str) -> None:
    response = client.get(f"/catalog?{query}")
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()


@pytest.mark.usefixtures("three_films")
def test_filters_that_no_film_fits_say_so(client: Client) -> None:
    assert "No film fits all of that" in client.get("/catalog?year=1901").content.decode()


def test_pages_keep_the_filters(client: Client) -> None:
    catalog.films(40, genres=("War",))
    first = client.get("/catalog?genre=War").content.decode()
    assert "Page 1 of 2" in first
    assert 'href="?genre=War&amp;page=2"' in first
    assert "40 films" in first
    assert len(titles(client, genre="War", page=2)) == 4


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "9" * 30, "٣", "1.5"])
def test_a_page_that_there_is_not_is_not_found(client: Client, page: str) -> None:
    catalog.films(40)
    assert client.get("/catalog", {"page": page}).status_code == 404


def test_the_catalogue_asks_the_database_as_often_for_one_film_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    catalog.film(genres=("War",))
    # Genres and languages of the form, the genre asked for, the count, the ids, the cards.
    with django_assert_num_queries(6):
        client.get("/catalog?genre=War")
    catalog.films(30, genres=("War", "Drama"))
    with django_assert_num_queries(6):
        client.get("/catalog?genre=War")
