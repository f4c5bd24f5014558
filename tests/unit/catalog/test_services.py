from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from moviverse.catalog import services, upserting
from moviverse.catalog.models import (
    FIRST_LOCAL_ID,
    Genre,
    Movie,
    MovieCast,
    MovieCrew,
    Person,
    SourceId,
)
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow, UpsertReport, Votes
from tests.factories import catalog

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HEAT = MovieRow(
    tmdb_id=949,
    title="Heat",
    released_on=date(1995, 12, 15),
    runtime_minutes=170,
    language="en",
    countries=("US",),
    genres=("Action", "Crime"),
    keywords=("Bank  Robbery", "los angeles"),
    cast=(CastRow("Al Pacino", "Vincent Hanna"), CastRow("Robert De Niro", "Neil McCauley")),
    crew=(CrewRow("Michael Mann", "Director", "Directing"),),
    overview="A thief and a detective.",
    vote_average=7.7,
    vote_count=1886,
    popularity=17.9,
    source_ids=(("demo", "949"),),
)


def upsert(*rows: MovieRow, now: datetime = NOW, only_fill: bool = False) -> UpsertReport:
    return services.upsert_movies(rows, now=now, only_fill=only_fill)


def test_a_film_arrives_with_all_that_belongs_to_it() -> None:
    assert upsert(HEAT) == UpsertReport(created=1)
    heat = Movie.objects.get(pk=949)
    assert (heat.title, heat.release_year, heat.added_at) == ("Heat", 1995, NOW)
    assert [genre.name for genre in heat.genres.all()] == ["Action", "Crime"]
    assert {keyword.name for keyword in heat.keywords.all()} == {"bank robbery", "los angeles"}
    assert [(role.person.name, role.character) for role in heat.cast.all()] == [
        ("Al Pacino", "Vincent Hanna"),
        ("Robert De Niro", "Neil McCauley"),
    ]
    assert [(job.person.name, job.job) for job in heat.crew.all()] == [("Michael Mann", "Director")]
    assert [(each.source, each.value) for each in heat.source_ids.all()] == [("demo", "949")]


def test_the_same_rows_again_change_nothing() -> None:
    upsert(HEAT)
    assert upsert(HEAT, now=LATER) == UpsertReport(unchanged=1)
    assert Movie.objects.get(pk=949).updated_at == NOW


def test_a_changed_row_changes_its_film_and_not_when_it_was_added() -> None:
    upsert(HEAT)
    assert upsert(MovieRow(tmdb_id=949, title="Heat", runtime_minutes=171), now=LATER).updated == 1
    heat = Movie.objects.get(pk=949)
    assert (heat.runtime_minutes, heat.added_at, heat.updated_at) == (171, NOW, LATER)


def test_an_empty_field_erases_nothing() -> None:
    upsert(HEAT)
    assert upsert(MovieRow(tmdb_id=949, title="Heat")) == UpsertReport(unchanged=1)


def test_a_poorer_source_fills_gaps_and_leaves_the_rest() -> None:
    upsert(HEAT)
    poorer = MovieRow(
        tmdb_id=949, title="Heat, The", genres=("Thriller",), imdb_id="tt0113277", tagline="Hot"
    )
    upsert(poorer, only_fill=True)
    heat = Movie.objects.get(pk=949)
    assert (heat.title, heat.imdb_id, heat.tagline) == ("Heat", "tt0113277", "Hot")
    assert [genre.name for genre in heat.genres.all()] == ["Action", "Crime"]


def test_a_year_alone_does_not_contradict_a_date() -> None:
    upsert(HEAT, MovieRow(tmdb_id=949, title="Heat", release_year=1996))
    assert Movie.objects.get(pk=949).release_year == 1995


def test_rows_of_one_film_in_one_batch_become_one_film() -> None:
    assert upsert(
        MovieRow(tmdb_id=5, title="Four Rooms"), MovieRow(tmdb_id=5, keywords=("hotel",))
    ) == UpsertReport(created=1)
    assert [keyword.name for keyword in Movie.objects.get(pk=5).keywords.all()] == ["hotel"]


def test_a_row_without_a_title_adds_to_a_film_we_hold_and_makes_none() -> None:
    upsert(HEAT)
    more = [MovieRow(tmdb_id=949, keywords=("heist",)), MovieRow(tmdb_id=950, keywords=("ice",))]
    assert upsert(*more) == UpsertReport(updated=1, unknown=1)
    assert not Movie.objects.filter(pk=950).exists()


def test_a_file_of_leading_actors_shortens_no_cast() -> None:
    upsert(HEAT)
    assert upsert(MovieRow(tmdb_id=949, cast=(CastRow("Al Pacino"),))).unchanged == 1
    assert MovieCast.objects.count() == 2


def test_a_longer_cast_takes_the_place_of_a_shorter_one() -> None:
    upsert(HEAT)
    names = ["Robert De Niro", "Al Pacino", "Val Kilmer"]
    upsert(MovieRow(tmdb_id=949, cast=tuple(CastRow(name) for name in names)))
    roles = Movie.objects.get(pk=949).cast.select_related("person")
    assert [role.person.name for role in roles] == names


def test_one_name_in_two_spellings_is_one_person() -> None:
    catalog.film(directors=["Pedro Almodóvar"])
    catalog.film(directors=["Pedro Almodovar"])
    assert Person.objects.get().name == "Pedro Almodóvar"


def test_a_person_known_by_name_gets_their_tmdb_id_when_a_source_knows_it() -> None:
    catalog.film(cast=["Al Pacino"])
    catalog.film(cast=(CastRow("Al Pacino", "Tony", tmdb_id=1158),))
    catalog.film(cast=["Al Pacino"])
    assert [(each.name, each.tmdb_id) for each in Person.objects.all()] == [("Al Pacino", 1158)]


def test_a_person_is_known_by_their_tmdb_id_under_another_name_too() -> None:
    catalog.film(cast=(CastRow("Cat Stevens", tmdb_id=7),))
    catalog.film(cast=(CastRow("Yusuf Islam", tmdb_id=7),))
    assert [each.name for each in Person.objects.all()] == ["Cat Stevens"]


def test_namesakes_with_ids_of_their_own_stay_two_people() -> None:
    catalog.film(cast=(CastRow("Chris Evans", tmdb_id=1), CastRow("Chris Evans", tmdb_id=2)))
    assert set(Person.objects.values_list("tmdb_id", flat=True)) == {1, 2}


def test_two_spellings_of_one_person_in_one_crew_do_their_job_once() -> None:
    both = catalog.row(directors=["Pedro Almodóvar", "Pedro Almodovar"])
    upsert(both)
    assert MovieCrew.objects.count() == 1
    assert upsert(both).unchanged == 1


def test_genres_take_tmdbs_spelling_and_number() -> None:
    catalog.film(genres=("science fiction", "Kaiju"))
    assert dict(Genre.objects.values_list("name", "tmdb_id")) == {
        "Science Fiction": 878,
        "Kaiju": None,
    }


def test_films_without_a_tmdb_id_get_local_ids_and_keep_them() -> None:
    rows = [MovieRow(None, f"Lost {n}", source_ids=(("movielens", str(n)),)) for n in range(3)]
    upsert(*rows)
    ids = list(Movie.objects.order_by("title").values_list("pk", flat=True))
    assert ids == [FIRST_LOCAL_ID, FIRST_LOCAL_ID + 1, FIRST_LOCAL_ID + 2]
    another = MovieRow(None, "Lost 3", source_ids=(("movielens", "3"),))
    assert upsert(*reversed(rows), another) == UpsertReport(created=1, unchanged=3)
    assert Movie.objects.get(title="Lost 3").pk == FIRST_LOCAL_ID + 3


def test_a_row_that_nothing_identifies_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a TMDb id nor"):
        upsert(MovieRow(None, "Nameless"))


def test_what_does_not_fit_is_cut_and_what_does_not_print_is_left_out() -> None:
    upsert(MovieRow(tmdb_id=1, title="A\x00B\ud800" + "x" * 400, overview="one\ntwo\x07"))
    film = Movie.objects.get(pk=1)
    assert film.title.startswith("A Bx")
    assert len(film.title) == 300
    assert film.overview == "one\ntwo"


def test_every_batch_is_kept_when_a_later_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upserting, "BATCH", 2)
    rows = [catalog.row(tmdb_id=n) for n in range(1, 4)]
    with pytest.raises(ValueError, match="Nameless"):
        upsert(*rows, MovieRow(None, "Nameless"))
    assert set(Movie.objects.values_list("pk", flat=True)) == {1, 2}


def test_an_edit_by_hand_is_found_by_its_new_words() -> None:
    film = catalog.film(title="Heat", cast=["Al Pacino"])
    Movie.objects.filter(pk=film.pk).update(title="Ça chauffe")
    services.refold(movie_ids=[film.pk], now=LATER)
    film.refresh_from_db()
    assert (film.folded_title, film.updated_at) == ("ca chauffe", LATER)
    assert film.search_entry.folded_title == " ca chauffe"
    assert "pacino" in film.search_entry.folded_people


def test_votes_of_a_corpus_are_damped_and_popularity_is_a_share() -> None:
    catalog.film(tmdb_id=1)
    catalog.film(tmdb_id=2)
    votes = [Votes(1, mean=5.0, count=1), Votes(2, mean=3.0, count=99), Votes(3, 4.0, 0)]
    assert services.summarise_votes(ratings=votes, now=LATER) == 2
    one, two = Movie.objects.order_by("pk")
    mean = (5.0 + 3.0 * 99) / 100
    assert one.vote_average == pytest.approx(2 * (5.0 + 5 * mean) / 6, abs=0.01)
    assert two.vote_average == pytest.approx(2 * (297 + 5 * mean) / 104, abs=0.01)
    assert (one.vote_count, two.vote_count) == (1, 99)
    assert one.popularity == pytest.approx(1.01)
    assert two.popularity == 100


def test_a_corpus_refreshes_its_own_votes_and_leaves_tmdbs() -> None:
    catalog.film(tmdb_id=1, vote_average=8.1, vote_count=1000, popularity=30.0)
    catalog.film(tmdb_id=2)
    first = [Votes(1, 2.0, 10), Votes(2, 2.0, 10)]
    assert services.summarise_votes(ratings=first, now=NOW) == 1
    assert services.summarise_votes(ratings=first, now=NOW) == 0
    assert services.summarise_votes(ratings=[Votes(2, 4.0, 20)], now=NOW) == 1
    assert Movie.objects.get(pk=1).vote_average == 8.1
    assert Movie.objects.get(pk=2).vote_count == 20


def test_votes_of_a_source_take_the_place_of_those_of_a_corpus() -> None:
    catalog.film(tmdb_id=1)
    services.summarise_votes(ratings=[Votes(1, 4.0, 10)], now=NOW)
    upsert(MovieRow(tmdb_id=1, title="Film 1", vote_average=6.0, vote_count=12, popularity=3.0))
    services.summarise_votes(ratings=[Votes(1, 4.0, 10)], now=NOW)
    film = Movie.objects.get(pk=1)
    assert (film.vote_average, film.vote_count, film.votes_are_summarised) == (6.0, 12, False)


def test_no_votes_change_nothing() -> None:
    assert services.summarise_votes(ratings=[], now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_every_film_and_person_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upserting, "BATCH", 10)
    rows = [
        catalog.row(tmdb_id=n, cast=[f"Actor {n % 7}"], genres=("Drama",), keywords=(f"k{n % 5}",))
        for n in range(1, 61)
    ]
    lost = [MovieRow(None, f"Lost {n}", source_ids=(("movielens", str(n)),)) for n in range(20)]

    def bring(told: list[MovieRow]) -> UpsertReport:
        try:
            return services.upsert_movies(told, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(bring, [[*rows, *lost], [*reversed(lost), *reversed(rows)]]))
    assert sum(report.created for report in reports) == 80
    assert Movie.objects.count() == 80
    assert Person.objects.count() == 7
    assert SourceId.objects.count() == 20
