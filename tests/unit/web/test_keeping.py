from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.library import services
from moviverse.library.models import Favorite, Rating, Review, WatchlistItem
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

LISTS = pytest.mark.parametrize(
    ("path", "model"), [("/favorites", Favorite), ("/watchlist", WatchlistItem)]
)


@pytest.fixture
def film() -> Movie:
    return catalog.film(title="Heat", genres=("Crime",), runtime_minutes=170)


def told(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@LISTS
def test_a_film_is_kept_and_taken_off_from_its_page(
    signed_in: Client, member: User, film: Movie, path: str, model: type[Favorite]
) -> None:
    kept = signed_in.post(f"{path}/{film.pk}")
    assert kept["Location"] == f"/movies/{film.pk}"
    assert model.objects.get(user=member).movie_id == film.pk
    assert "Heat is on your" in told(signed_in, f"/movies/{film.pk}")
    assert "Heat" in told(signed_in, path)
    gone = signed_in.post(f"{path}/{film.pk}", {"remove": "1", "next": path})
    assert gone["Location"] == path
    assert not model.objects.exists()
    assert "Nothing here yet" in told(signed_in, path)


@LISTS
def test_a_film_that_is_not_there_cannot_be_taken_off_and_it_is_said(
    signed_in: Client, film: Movie, path: str, model: type[Favorite]
) -> None:
    assert signed_in.post(f"{path}/{film.pk}", {"remove": "1"}).status_code == 302
    assert "This film is not" in told(signed_in, f"/movies/{film.pk}")
    assert not model.objects.exists()


@LISTS
def test_a_film_that_is_not_known_yet_is_shown_as_it_was_sent(
    signed_in: Client, member: User, path: str, model: type[Favorite]
) -> None:
    now = timezone.now()
    model.objects.create(user=member, movie_id=603, title="<b>Matrix</b>", added_at=now)
    page = told(signed_in, path)
    assert "&lt;b&gt;Matrix&lt;/b&gt;" in page
    assert "/movies/603" not in page


@pytest.mark.parametrize("path", ["/favorites", "/watchlist", "/history"])
def test_lists_are_for_members(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/login?next=%2F{path[1:]}"


def test_the_history_says_how_far(signed_in: Client, member: User, film: Movie) -> None:
    assert "Nothing watched yet" in told(signed_in, "/history")
    services.watch(user=member, movie_id=film.pk, progress_seconds=3_700, now=timezone.now())
    assert "1 h 1 min of 2 h 50 min" in told(signed_in, "/history")
    services.watch(user=member, movie_id=film.pk, now=timezone.now())
    assert "Watched" in told(signed_in, "/history")


def test_a_review_is_written_changed_and_deleted_on_the_films_page(
    signed_in: Client, member: User, film: Movie
) -> None:
    path = f"/movies/{film.pk}/review"
    written = signed_in.post(path, {"rating": "4.5", "text": "<script>Two men</script>\nTalk."})
    assert written["Location"] == f"/movies/{film.pk}#reviews"
    page = told(signed_in, f"/movies/{film.pk}")
    assert "&lt;script&gt;Two men&lt;/script&gt;<br>Talk." in page
    assert "<script>Two" not in page
    signed_in.post(path, {"rating": "2", "text": "No."})
    assert Review.objects.get(user=member).text == "No."
    assert Rating.objects.get(user=member).value == 2
    signed_in.post(path, {"remove": "1"})
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"rating": "4", "text": " "}, "Write something."),
        ({"rating": "4", "text": "a\x07b"}, "Write it without control characters."),
        ({"rating": "4.3", "text": "Fine."}, "A rating is 0.5 to 5.0 in half steps."),
        ({}, "Write something."),
    ],
)
def test_what_is_no_review_changes_nothing_and_says_so(
    signed_in: Client, film: Movie, form: dict[str, str], said: str
) -> None:
    signed_in.post(f"/movies/{film.pk}/review", form)
    assert said in told(signed_in, f"/movies/{film.pk}")
    assert not Review.objects.exists()
    assert not Rating.objects.exists()


def test_everybody_reads_reviews_on_the_films_page(client: Client, film: Movie) -> None:
    services.write_review(
        user=accounts.member(username="ada"),
        movie_id=film.pk,
        rating=4,
        text="Two men who talk.",
        now=timezone.now(),
    )
    page = told(client, f"/movies/{film.pk}")
    assert "ada" in page
    assert "Two men who talk." in page
    assert "review-text" not in page


@LISTS
def test_a_list_takes_few_queries(
    signed_in: Client,
    member: User,
    path: str,
    model: type[Favorite],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    for each in catalog.films(10):
        model.objects.create(user=member, movie_id=each.pk, added_at=now)
    with django_assert_max_num_queries(5):  # session, member, count, rows, films
        signed_in.get(path)
