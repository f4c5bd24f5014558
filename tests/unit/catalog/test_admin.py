from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from moviverse.catalog import selectors
from moviverse.catalog.models import Genre, Keyword, Movie, Person
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(accounts.administrator())
    return client


@pytest.fixture
def heat() -> Movie:
    return catalog.film(
        title="Heat",
        released_on=date(1995, 12, 15),
        genres=("Crime",),
        keywords=("heist",),
        cast=["Al Pacino"],
        directors=["Michael Mann"],
    )


def form_of(film: Movie | None, **told: Any) -> dict[str, Any]:
    """Return what the page of a film sends."""
    sent: dict[str, Any] = {
        "title": film.title if film else "",
        "released_on": film.released_on if film and film.released_on else "",
        "vote_count": 0,
        "popularity": 0,
        "cast-TOTAL_FORMS": 0,
        "cast-INITIAL_FORMS": 0,
        "crew-TOTAL_FORMS": 0,
        "crew-INITIAL_FORMS": 0,
    }
    return {**sent, **told}


def saved(answer: HttpResponse | Any) -> bool:
    return bool(answer.status_code == 302)


@pytest.mark.parametrize("model", ["movie", "genre", "person", "keyword"])
def test_each_kind_can_be_listed_searched_added_and_changed(
    editor: Client, heat: Movie, model: str
) -> None:
    kinds: dict[str, Any] = {"movie": Movie, "genre": Genre, "person": Person, "keyword": Keyword}
    row = kinds[model].objects.first()
    for address in (
        reverse(f"admin:catalog_{model}_changelist"),
        reverse(f"admin:catalog_{model}_changelist") + "?q=a",
        reverse(f"admin:catalog_{model}_add"),
        reverse(f"admin:catalog_{model}_change", args=[row.pk]),
    ):
        assert editor.get(address).status_code == 200
    assert heat.title == "Heat"


def test_a_film_that_was_edited_is_found_by_its_new_words_and_year(
    editor: Client, heat: Movie
) -> None:
    genre, keyword = Genre.objects.get(), Keyword.objects.get()
    answer = editor.post(
        reverse("admin:catalog_movie_change", args=[heat.pk]),
        form_of(
            heat,
            title="Ça chauffe",
            released_on="1996-01-02",
            genres=[genre.pk],
            keywords=[keyword.pk],
            vote_average=8,
        ),
    )
    assert saved(answer)
    assert [card.release_year for card in selectors.search(q="ca chauffe")] == [1996]
    changed = Movie.objects.get(pk=heat.pk)
    assert changed.updated_at > heat.updated_at
    assert changed.added_at == heat.added_at
    assert not changed.votes_are_summarised


def test_a_film_can_be_added(editor: Client) -> None:
    answer = editor.post(
        reverse("admin:catalog_movie_add"), form_of(None, tmdb_id=11906, title="Suspiria")
    )
    assert saved(answer)
    assert [card.tmdb_id for card in selectors.search(q="suspiria")] == [11906]


def test_a_rule_of_the_database_is_told_beside_the_form(editor: Client) -> None:
    answer = editor.post(
        reverse("admin:catalog_movie_add"), form_of(None, tmdb_id=-1, title="Nothing")
    )
    assert answer.status_code == 200
    assert "a_movie_has_a_positive_public_id" in answer.content.decode()


def test_films_are_found_by_the_new_name_of_a_person_and_no_longer_by_the_old(
    editor: Client, heat: Movie
) -> None:
    pacino = Person.objects.get(name="Al Pacino")
    answer = editor.post(
        reverse("admin:catalog_person_change", args=[pacino.pk]), {"name": "Alfredo Pacíno"}
    )
    assert saved(answer)
    assert Person.objects.get(pk=pacino.pk).folded_name == "alfredo pacino"
    assert [card.tmdb_id for card in selectors.search(q="alfredo")] == [heat.pk]


def test_films_are_no_longer_found_by_a_keyword_that_was_deleted(
    editor: Client, heat: Movie
) -> None:
    keyword = Keyword.objects.get()
    assert len(selectors.search(q="heist")) == 1
    deleted = reverse("admin:catalog_keyword_delete", args=[keyword.pk])
    assert saved(editor.post(deleted, {"post": "yes"}))
    assert len(selectors.search(q="heist")) == 0
    assert heat.pk


def test_many_can_be_deleted_at_once(editor: Client, heat: Movie) -> None:
    pacino = Person.objects.get(name="Al Pacino")
    action = {"action": "delete_selected", "_selected_action": [str(pacino.pk)], "post": "yes"}
    assert saved(editor.post(reverse("admin:catalog_person_changelist"), action))
    assert [card.tmdb_id for card in selectors.search(q="pacino")] == []
    assert heat.cast.count() == 0


def test_a_keyword_keeps_its_one_spelling(editor: Client) -> None:
    assert saved(editor.post(reverse("admin:catalog_keyword_add"), {"name": "Bank  Robbery"}))
    assert Keyword.objects.get().name == "bank robbery"


@pytest.mark.parametrize("many", [False, True])
def test_a_film_that_is_deleted_leaves_the_lists_that_are_remembered(
    editor: Client,
    heat: Movie,
    many: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    catalog.film(title="Ronin")
    assert editor.get("/api/movies/").json()["count"] == 2
    if many:
        sent = {"action": "delete_selected", "_selected_action": [heat.pk], "post": "yes"}
        address = reverse("admin:catalog_movie_changelist")
    else:
        sent = {"post": "yes"}
        address = reverse("admin:catalog_movie_delete", args=[heat.pk])
    assert saved(editor.post(address, sent))
    answer = editor.get("/api/movies/")
    assert (answer.json()["count"], answer["X-Cache"]) == (1, "miss")
