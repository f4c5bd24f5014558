from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from moviverse.catalog import selectors
from moviverse.catalog.errors import EmptyQuery, UnknownFilterValue
from moviverse.catalog.models import Genre, Movie, Person
from moviverse.catalog.selectors import word_index
from moviverse.catalog.services import edits
from tests.factories import catalog

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    catalog.film(title="Heat", tmdb_id=949, directors=["Michael Mann"], cast=["Al Pacino"],
                 popularity=20.0, genres=("Crime",), released_on=date(1995, 12, 15))  # fmt: skip
    catalog.film(title="Red Heat", tmdb_id=9604, popularity=30.0, genres=("Action",))
    catalog.film(title="Amélie", original_title="Le Fabuleux Destin d'Amélie Poulain", tmdb_id=194,
                 keywords=("paris",), overview="A waitress does good in the heat of Montmartre.",
                 popularity=40.0)  # fmt: skip
    catalog.film(title="The Godfather", tmdb_id=238, cast=["Al Pacino"], popularity=50.0)
    catalog.film(title="Star Wars", tmdb_id=11, popularity=60.0)
    catalog.film(title="The Birds", tmdb_id=571, overview="Al and Pacino are birds.", popularity=9)


def titles(q: str, **narrowed: object) -> list[str]:
    return [card.title for card in selectors.search(q=q, **narrowed)]  # type: ignore[arg-type]  # year or genres


@pytest.mark.usefixtures("shelf")
def test_the_very_title_comes_before_titles_with_the_word_and_these_before_overviews() -> None:
    assert titles("heat") == ["Heat", "Red Heat", "Amélie"]


@pytest.mark.usefixtures("shelf")
def test_people_come_before_overviews_and_the_better_known_film_first() -> None:
    assert titles("al pacino") == ["The Godfather", "Heat", "The Birds"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("AMELIE", "Amélie"),
        ("fabuleux destin", "Amélie"),
        ("paris", "Amélie"),
        ("montmartre waitress", "Amélie"),
        ("michael mann", "Heat"),
        ("heat pacino", "Heat"),
        ("the godfather", "The Godfather"),
        ("godfathr", "The Godfather"),  # a letter too few
        ("godfahter", "The Godfather"),  # two exchanged
        ("starwars", "Star Wars"),  # no space
        ("stra wars", "Star Wars"),
        ("godf", "The Godfather"),  # half typed
        ("pacinno", "The Godfather"),
    ],
)
def test_a_film_is_found_whatever_case_accents_and_typos(q: str, found: str) -> None:
    assert titles(q)[0] == found


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("q", ["' | '", "a:* & !b", "(((", "\\", "%", "heat'); drop table --"])
def test_what_a_query_language_would_mean_is_only_words(q: str) -> None:
    try:
        titles(q)
    except EmptyQuery:
        assert not any(character.isalnum() for character in q)


@pytest.mark.usefixtures("shelf")
def test_a_correction_is_told() -> None:
    assert selectors.search(q="michael man").meant == ""  # begins a word that is there
    assert selectors.search(q="godfathr").meant == "godfather"
    assert selectors.search(q="heat").meant == ""


@pytest.mark.usefixtures("shelf")
def test_a_search_can_be_narrowed_by_genre_and_year() -> None:
    assert titles("heat", genres=(("Action",),)) == ["Red Heat"]
    assert titles("heat", year=1995) == ["Heat"]
    assert titles("godfathr", year=1995) == []
    assert titles("haet", year=1995) == ["Heat"]
    with pytest.raises(UnknownFilterValue):
        titles("heat", genres=(("Sport",),))


@pytest.mark.parametrize("q", ["", "  ", "?!", "\x00"])
def test_a_search_for_nothing_is_refused(q: str) -> None:
    with pytest.raises(EmptyQuery):
        selectors.search(q=q)
    with pytest.raises(EmptyQuery):
        selectors.suggest(q=q)


def test_a_search_that_finds_nothing_is_empty() -> None:
    assert list(selectors.search(q="zzzz")) == []


@pytest.mark.usefixtures("shelf")
def test_a_search_reads_its_words_and_the_cards_of_a_page(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    selectors.search(q="warm up")
    with django_assert_num_queries(3):  # what changed, the words, the cards
        found = selectors.search(q="heat")
        assert len(found) == 3
        assert [card.title for card in found[1:3]] == ["Red Heat", "Amélie"]
    assert found[0].title == "Heat"


@pytest.mark.usefixtures("shelf")
def test_a_search_reads_the_index_of_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select movie_id from catalog_searchentry where words @@ to_tsquery('simple', 'heat')"
        )
        assert "search_words" in "".join(line for (line,) in cursor.fetchall())


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Heat", ["Heat", "Red Heat"]),
        ("heat (1995)", ["Heat", "Red Heat"]),
        ("godfather", ["The Godfather"]),
        ("the godfathr", ["The Godfather"]),
        ("heta", ["Heat"]),
        ("starwars", ["Star Wars"]),
        ("fabuleux destin", ["Amélie"]),
        ("no such film", []),
        ("", []),
        ("(1995)", []),
    ],
)
def test_a_title_is_understood(title: str, found: list[str]) -> None:
    assert [card.title for card in selectors.title_matches(title, 5)] == found


def test_a_title_that_begins_with_the_words_is_meant_rather_than_one_that_holds_them() -> None:
    catalog.film(title="E.T. the Extra-Terrestrial", popularity=1)
    catalog.film(title="Beauty and the Beast", original_title="La Belle et la Bête", popularity=9)
    found = [card.title for card in selectors.title_matches("E.T.", 5)]
    assert found == ["E.T. the Extra-Terrestrial", "Beauty and the Beast"]


def test_a_year_decides_between_films_of_one_title() -> None:
    catalog.film(title="Suspiria", tmdb_id=11906, release_year=1977, popularity=9)
    catalog.film(title="Suspiria", tmdb_id=361292, release_year=2018, popularity=20)
    assert selectors.title_matches("Suspiria", 5)[0].tmdb_id == 361292
    assert selectors.title_matches("Suspiria (1977)", 5)[0].tmdb_id == 11906


@pytest.mark.usefixtures("shelf")
def test_suggestions_complete_films_people_and_genres(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    selectors.suggest(q="warm up")
    with django_assert_num_queries(2):  # what changed, the cards
        suggested = selectors.suggest(q="a")
    assert [card.title for card in suggested.movies] == ["Amélie"]
    assert [name for _, name in suggested.people] == ["Al Pacino"]
    assert suggested.genres == ["Action"]


@pytest.mark.usefixtures("shelf")
def test_suggestions_begin_at_any_word_and_the_beginning_of_a_title_comes_first() -> None:
    assert [card.title for card in selectors.suggest(q="hea").movies] == ["Heat", "Red Heat"]
    assert [card.title for card in selectors.suggest(q="the god").movies] == ["The Godfather"]
    assert [card.title for card in selectors.suggest(q="hea", limit=1).movies] == ["Heat"]


def test_a_film_that_arrives_is_suggested_at_once_and_one_that_left_is_not() -> None:
    film = catalog.film(title="Ran")
    assert len(selectors.suggest(q="ran").movies) == 1
    catalog.film(title="Ran Again")
    assert len(selectors.suggest(q="ran").movies) == 2
    Movie.objects.filter(pk=film.pk).delete()
    assert [card.title for card in selectors.suggest(q="ran").movies] == ["Ran Again"]


def test_people_and_genres_are_suggested_by_the_names_that_they_have_now() -> None:
    catalog.film(title="Ran", cast=["Tatsuya Nakadai"], genres=("Drama",))
    assert selectors.suggest(q="naka").people[0][1] == "Tatsuya Nakadai"
    Person.objects.update(name="Meiko Nakadai", folded_name="meiko nakadai")
    Genre.objects.update(name="Dramatic")
    edits.refold(movie_ids=[], now=timezone.now())  # as the admin does after an edit
    assert [name for _, name in selectors.suggest(q="naka").people] == ["Meiko Nakadai"]
    assert selectors.suggest(q="drama").genres == ["Dramatic"]


def test_a_large_index_is_not_built_at_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "FREE_SECONDS", -1.0)
    monkeypatch.setattr(word_index, "SHARE", 1e-9)
    catalog.film(title="Ran")
    before = word_index.current()
    catalog.film(title="Ikiru")
    assert word_index.current() is before
    monkeypatch.setattr(word_index, "FREE_SECONDS", 1e9)
    assert "ikiru" in word_index.current().frequency


def test_while_one_builds_the_others_use_what_there_is() -> None:
    catalog.film(title="Ran")
    before = word_index.current()
    catalog.film(title="Ikiru")
    with word_index._lock:  # noqa: SLF001 - stands for the one who builds
        assert word_index.current() is before
    assert "ikiru" in word_index.current().frequency
