"""What people type, and the film that they mean, among all films of the demo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from moviverse.catalog import selectors, services
from moviverse.transfer import demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

MEANT = {
    # the title, whatever case, accents, order, punctuation and small words
    "the matrix": "The Matrix",
    "matrix the": "The Matrix",
    "MATRIX": "The Matrix",
    '"pulp fiction"': "Pulp Fiction",
    "apocalypse now!": "Apocalypse Now",
    "amelie": "Amélie",
    "schindlers list": "Schindler's List",
    "la vita è bella": "Life Is Beautiful",
    "vita e bella": "Life Is Beautiful",
    "silence lambs": "The Silence of the Lambs",
    "good bad ugly": "The Good, the Bad and the Ugly",
    "empire strikes back": "The Empire Strikes Back",
    "alien": "Alien",
    "aliens": "Aliens",
    "rocky": "Rocky",
    "m": "M",
    "her": "Her",
    # other original titles, other scripts, half of a word that has no spaces
    "le fabuleux destin": "Amélie",
    "ladri di biciclette": "Bicycle Thieves",
    "el laberinto del fauno": "Pan's Labyrinth",
    "das leben der anderen": "The Lives of Others",
    "千と千尋": "Spirited Away",
    "千尋": "Spirited Away",
    "七人の侍": "Seven Samurai",
    "солярис": "Solaris",
    "Стал": "Stalker",
    # letters exchanged, missing, doubled, or wrong
    "godfahter": "The Godfather",
    "matirx": "The Matrix",
    "martix": "The Matrix",
    "star wras": "Star Wars",
    "shindlers list": "Schindler's List",
    "schindler's lst": "Schindler's List",
    "shawshenk redemtion": "The Shawshank Redemption",
    "plup fiction": "Pulp Fiction",
    "spirted awya": "Spirited Away",
    "citizen cane": "Citizen Kane",
    "casblanca": "Casablanca",
    "vertgo": "Vertigo",
    "pyscho": "Psycho",
    "jurasic park": "Jurassic Park",
    "silense of the lams": "The Silence of the Lambs",
    "bak to the futur": "Back to the Future",
    "blade runer": "Blade Runner",
    "terminater": "The Terminator",
    "pans labirynth": "Pan's Labyrinth",
    "lord of teh rings king": "The Lord of the Rings: The Return of the King",
    # words run together, torn apart, or half typed
    "starwars": "Star Wars",
    "bladerunner": "Blade Runner",
    "casa blanca": "Casablanca",
    "walle": "WALL·E",
    "wall e": "WALL·E",
    "e t": "E.T. the Extra-Terrestrial",
    "e.t.": "E.T. the Extra-Terrestrial",
    "godf": "The Godfather",
    "shawsh": "The Shawshank Redemption",
    # numbers as digits, Roman, words, and letters
    "godfather 2": "The Godfather: Part II",
    "godfather part two": "The Godfather: Part II",
    "twelve angry men": "12 Angry Men",
    "7 samurai": "Seven Samurai",
    "se7en": "Se7en",
    "seven": "Se7en",
    "terminator 2": "Terminator 2: Judgment Day",
    "8 1/2": "8½",
    "kill bill volume one": "Kill Bill: Vol. 1",
    "2001": "2001: A Space Odyssey",
    "space odessey": "2001: A Space Odyssey",
    # a year that is not in the title; people; keywords; what it is about
    "fargo 1996": "Fargo",
    "heat (1995)": "Heat",
    "kubrick shining": "The Shining",
    "ridley scott alien": "Alien",
    "de niro taxi": "Taxi Driver",
}
FIRST = 1


@pytest.fixture(scope="module")
def demo_catalogue(
    django_db_setup: None,  # noqa: ARG001 - the tables must be there
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Hold all films of the demo for the tests of this module."""
    films = [replace(film, popularity=float(film.fame)) for film in demo.films()]
    with django_db_blocker.unblock(), transaction.atomic():
        services.upsert_movies(films, now=timezone.now())
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("demo_catalogue")
@pytest.mark.parametrize(("q", "title"), MEANT.items(), ids=MEANT)
def test_the_film_that_is_meant_comes_first(q: str, title: str) -> None:
    assert [card.title for card in selectors.search(q=q)[:4]][:FIRST] == [title]


@pytest.mark.usefixtures("demo_catalogue")
@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("miyazaki", {"Spirited Away", "My Neighbor Totoro", "Porco Rosso"}),
        ("quentin tarantio", {"Pulp Fiction", "Kill Bill: Vol. 1"}),
        ("tarantino 1994", {"Pulp Fiction"}),
        ("lord of the rings", {"The Lord of the Rings: The Fellowship of the Ring"}),
    ],
)
def test_films_that_are_meant_are_among_the_first(q: str, titles: set[str]) -> None:
    assert titles <= {card.title for card in selectors.search(q=q)[:10]}


@pytest.mark.usefixtures("demo_catalogue")
@pytest.mark.parametrize("q", ["zzzzqqqq", "qwertyuiop asdf", "x" * 200, "ж" * 200])
def test_what_means_nothing_finds_nothing(q: str) -> None:
    assert list(selectors.search(q=q)) == []


@pytest.mark.usefixtures("demo_catalogue")
def test_a_very_long_query_is_read_as_far_as_it_helps() -> None:
    story = "the godfather " + "mafia family crime " * 60
    assert isinstance(len(selectors.search(q=story)), int)


@pytest.mark.usefixtures("demo_catalogue")
@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("godf", "The Godfather"),
        ("matr", "The Matrix"),
        ("the mat", "The Matrix"),
        ("starw", "Star Wars"),
        ("amél", "Amélie"),
        ("千と", "Spirited Away"),
        ("labyr", "Pan's Labyrinth"),
    ],
)
def test_what_is_being_typed_is_completed(q: str, title: str) -> None:
    assert selectors.suggest(q=q).movies[0].title == title
