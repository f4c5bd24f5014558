from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from moviverse.library.models import Rating
from tests.factories import accounts, catalog
from tests.factories.library import rate

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat", genres=("Crime",), runtime_minutes=170, release_year=1995)


def told(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_a_rating_is_kept_and_leads_back_to_the_film(
    signed_in: Client, member: User, film: Movie
) -> None:
    response = signed_in.post(f"/rate/{film.pk}", {"rating": "4.5"})
    assert response["Location"] == f"/movies/{film.pk}"
    assert float(Rating.objects.get(user=member, movie=film).value) == 4.5
    assert "You rated Heat 4.5." in told(signed_in, f"/movies/{film.pk}")


def test_a_rating_leads_on_to_a_page_of_this_site_alone(signed_in: Client, film: Movie) -> None:
    on = signed_in.post(f"/rate/{film.pk}", {"rating": "4", "next": "/reviews"})
    away = signed_in.post(f"/rate/{film.pk}", {"rating": "4", "next": "//evil.example"})
    assert on["Location"] == "/reviews"
    assert away["Location"] == f"/movies/{film.pk}"


@pytest.mark.parametrize(
    "value", ["", "0", "5.5", "4.3", "-1", "NaN", "inf", "1e9", "four", "\0", "9" * 5_000]
)
def test_what_is_no_rating_changes_nothing_and_says_so(
    signed_in: Client, member: User, film: Movie, value: str
) -> None:
    rate(member, {film: 3})
    response = signed_in.post(f"/rate/{film.pk}", {"rating": value})
    assert response.status_code == 302
    assert float(Rating.objects.get(user=member, movie=film).value) == 3
    assert "Choose half a star to five stars." in told(signed_in, f"/movies/{film.pk}")


def test_a_rating_is_taken_back(signed_in: Client, member: User, film: Movie) -> None:
    rate(member, {film: 3})
    signed_in.post(f"/rate/{film.pk}", {"remove": "1"})
    assert not Rating.objects.exists()
    assert "Your rating of Heat is removed." in told(signed_in, f"/movies/{film.pk}")


def test_taking_back_what_is_not_there_says_so(signed_in: Client, film: Movie) -> None:
    signed_in.post(f"/rate/{film.pk}", {"remove": "1"})
    assert "You have not rated this film." in told(signed_in, f"/movies/{film.pk}")


def test_a_film_that_we_do_not_have_cannot_be_rated(signed_in: Client) -> None:
    assert signed_in.post("/rate/123", {"rating": "4"}).status_code == 404


def test_a_visitor_who_rates_is_sent_to_sign_in_and_nothing_is_kept(
    client: Client, film: Movie
) -> None:
    response = client.post(f"/rate/{film.pk}", {"rating": "4", "next": f"/movies/{film.pk}"})
    assert response["Location"] == f"/login?next=%2Fmovies%2F{film.pk}"
    assert client.post(f"/rate/{film.pk}", {"rating": "4"})["Location"] == "/login"
    assert not Rating.objects.exists()


def test_a_rating_needs_a_form_of_this_site(member: User, film: Movie) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.post(f"/rate/{film.pk}", {"rating": "4"}).status_code == 403
    assert signed_in_get(client, film) == 405
    assert not Rating.objects.exists()


def signed_in_get(client: Client, film: Movie) -> int:
    return client.get(f"/rate/{film.pk}").status_code


def test_my_ratings_tell_of_the_films_and_are_mine_alone(
    signed_in: Client, member: User, film: Movie
) -> None:
    rate(member, {film: 4.5})
    rate(accounts.member(), {catalog.film(title="Of another"): 2})
    text = told(signed_in, "/reviews")
    for said in ("Heat", "1995", "Crime", "2 h 50 min", "4½", "1 film<"):
        assert said in text
    assert "Of another" not in text


def test_my_ratings_can_be_sorted(signed_in: Client, member: User) -> None:
    now = timezone.now()
    for place, (title, value) in enumerate([("Beta", 5), ("Alpha", 1), ("Gamma", 3)]):
        rate(member, {catalog.film(title=title): value}, now=now + timedelta(minutes=place))

    def order(sort: str) -> list[str]:
        text = signed_in.get(f"/reviews?sort={sort}").content.decode()
        return re.findall(r">(Alpha|Beta|Gamma)</a>", text)

    assert order("") == order("date_desc") == ["Gamma", "Alpha", "Beta"]
    assert order("date_asc") == ["Beta", "Alpha", "Gamma"]
    assert order("rating_desc") == ["Beta", "Gamma", "Alpha"]
    assert order("rating_asc") == ["Alpha", "Gamma", "Beta"]
    assert order("title_asc") == ["Alpha", "Beta", "Gamma"]
    assert order("title_desc") == ["Gamma", "Beta", "Alpha"]


def test_an_order_that_there_is_not_is_refused(signed_in: Client) -> None:
    assert signed_in.get("/reviews?sort=password").status_code == 400


def test_who_has_rated_nothing_is_told_how_to_begin(signed_in: Client) -> None:
    assert "Nothing rated yet" in told(signed_in, "/reviews")


def test_my_ratings_ask_the_database_as_often_for_one_as_for_twenty(
    signed_in: Client, member: User, film: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rate(member, {film: 4})
    with django_assert_num_queries(5):  # session, member, count, ratings, cards
        signed_in.get("/reviews")
    rate(member, dict.fromkeys(catalog.films(20, genres=("War", "Drama")), 3))
    with django_assert_num_queries(5):
        signed_in.get("/reviews")
