from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moviverse.catalog import selectors, services
from moviverse.catalog.models import Genre, Keyword, Movie, Person, TmdbRun, TmdbSync
from tests.factories import accounts, catalog, tmdb
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.factories.tmdb import Told

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


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Have TMDb tell of Heat, and Heat synced."""
    made = tmdb.connected(monkeypatch, films={949: tmdb.HEAT})
    services.sync_movie(tmdb_id=949, now=timezone.now())
    return made


def edited(editor: Client, **fields: Any) -> Movie:
    """Return Heat after an editor has sent its form with other fields."""
    film = Movie.objects.get(pk=949)
    names = ("original_title", "imdb_id", "tagline", "overview", "runtime_minutes", "language",
             "status", "homepage", "poster_path", "backdrop_path", "budget", "revenue",
             "vote_average", "vote_count", "popularity")  # fmt: skip
    sent = form_of(
        film,
        **{name: getattr(film, name) for name in names},
        countries=",".join(film.countries),
        genres=[genre.pk for genre in film.genres.all()],
        keywords=[keyword.pk for keyword in film.keywords.all()],
    )
    assert saved(editor.post(reverse("admin:catalog_movie_change", args=[949]), {**sent, **fields}))
    film.refresh_from_db()
    return film


def changes_page(editor: Client) -> str:
    return editor.get(reverse("admin:catalog_movie_change", args=[949])).content.decode()


def test_what_an_editor_changes_is_remembered_and_nothing_else(editor: Client, told: Told) -> None:
    assert edited(editor).edited_fields == []
    assert edited(editor, title="Heat, the film").edited_fields == ["title"]
    assert edited(editor, tagline="").edited_fields == ["tagline", "title"]
    assert told.asked == {"film 949": 1}


def test_an_edit_survives_a_sync_and_the_page_says_what_tmdb_says(
    editor: Client, told: Told
) -> None:
    edited(editor, title="Heat, the film")
    assert "the same" in changes_page(editor)
    told.films[949] = tmdb.film(title="HEAT <1995>", runtime_minutes=171)
    services.sync_movie(tmdb_id=949, now=timezone.now())
    film = Movie.objects.get(pk=949)
    assert (film.title, film.runtime_minutes) == ("Heat, the film", 171)
    page = changes_page(editor)
    assert "title: HEAT &lt;1995&gt;" in page
    assert "Changed here, and kept" in page


def test_an_editor_can_take_tmdbs_values_back(editor: Client, told: Told) -> None:
    edited(editor, title="Heat, the film")
    act = {"action": "take_tmdbs_values", "_selected_action": ["949"]}
    answer = editor.post(reverse("admin:catalog_movie_changelist"), act, follow=True)
    assert "1 films are being fetched" in answer.content.decode()
    assert [job.state for job in run_pending()] == ["done"]
    film = Movie.objects.get(pk=949)
    assert (film.title, film.edited_fields, TmdbSync.objects.get().differs) == ("Heat", [], {})
    assert told.asked["film 949"] == 2


def test_a_sync_that_an_editor_asks_for_keeps_what_they_changed(editor: Client, told: Told) -> None:
    edited(editor, title="Heat, the film")
    told.films[949] = tmdb.film(runtime_minutes=171)
    act = {"action": "sync_with_tmdb", "_selected_action": ["949"]}
    assert saved(editor.post(reverse("admin:catalog_movie_changelist"), act))
    run_pending()
    film = Movie.objects.get(pk=949)
    assert (film.title, film.runtime_minutes) == ("Heat, the film", 171)


@pytest.mark.parametrize("action", ["take_tmdbs_values", "sync_with_tmdb"])
def test_without_a_key_an_editor_is_told_so_and_loses_nothing(
    editor: Client, heat: Movie, action: str
) -> None:
    services.note_edits(movie_id=heat.pk, names=["title"])
    act = {"action": action, "_selected_action": [heat.pk]}
    answer = editor.post(reverse("admin:catalog_movie_changelist"), act, follow=True)
    assert "TMDB_API_KEY is not set" in answer.content.decode()
    assert Movie.objects.get(pk=heat.pk).edited_fields == ["title"]


def test_a_film_that_is_deleted_is_not_fetched_again_until_it_is_added(
    editor: Client, told: Told
) -> None:
    address = reverse("admin:catalog_movie_delete", args=[949])
    assert saved(editor.post(address, {"post": "yes"}))
    assert Client().get("/api/movies/949/").status_code == 404
    assert told.asked == {"film 949": 1}
    sent = form_of(None, tmdb_id=949, title="Heat again")
    assert saved(editor.post(reverse("admin:catalog_movie_add"), sent))
    assert services.sync_movie(tmdb_id=949, now=timezone.now()) == "stored"
    assert Movie.objects.get(pk=949).title == "Heat again"


def test_syncs_and_runs_are_shown_and_not_to_be_changed(editor: Client, told: Told) -> None:
    told.films.clear()
    services.sync_movie(tmdb_id=949, now=timezone.now())
    TmdbSync.objects.create(
        tmdb_id=950, attempts=2, failed_at=timezone.now(), last_error="It did not answer."
    )
    services.sync_changes(now=timezone.now(), report=lambda _fraction, _message: None)
    run = TmdbRun.objects.get()
    shown = reverse("admin:catalog_tmdbsync_changelist")
    every = editor.get(shown).content.decode()
    assert "Heat" in every
    assert "It did not answer." in every
    assert "Heat" not in editor.get(f"{shown}?state=failed").content.decode()
    for state in ("gone", "differs", "withdrawn"):
        assert editor.get(f"{shown}?state={state}").status_code == 200
    assert "done" in editor.get(reverse("admin:catalog_tmdbrun_changelist")).content.decode()
    for name, row in (("tmdbsync", 949), ("tmdbrun", run.pk)):
        assert editor.get(reverse(f"admin:catalog_{name}_change", args=[row])).status_code == 200
        assert editor.post(reverse(f"admin:catalog_{name}_delete", args=[row])).status_code == 403
    page = changes_page(editor)
    assert "TMDb did not know it" in page
