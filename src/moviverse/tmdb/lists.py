"""The lists of TMDb: https://developer.themoviedb.org/reference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moviverse.tmdb import entries, fields
from moviverse.tmdb.errors import BadAnswer
from moviverse.tmdb.types import Card, Changes, Configuration, Genre, Page, Person, SearchResults

if TYPE_CHECKING:
    from collections.abc import Mapping

LAST_PAGE = 500  # TMDb hands out no more of any list
# How much of each list is read, above what TMDb sends.
MOST_RESULTS, MOST_CHANGES = 100, 1_000
MOST_SIZES = 20
SIZE = re.compile(r"[wh]\d{1,5}|original")


def cards(body: Mapping[str, Any], *, page: int) -> Page[Card]:
    """Return a page of films.

    Raises:
        BadAnswer: it is no page, or none of what it lists can be used.
    """
    read = (entries.card(row) for row in fields.rows(body, "results", most=MOST_RESULTS))
    found = entries.distinct(each for each in read if each is not None)
    _refuse_all_bad(body, found)
    return Page(results=found, **_counts(body, page=page, found=len(found)))


def search_results(body: Mapping[str, Any], *, page: int) -> SearchResults:
    """Return the films and the people of a search over everything; series are left out.

    Raises:
        BadAnswer: it is no page, or none of what it lists can be used.
    """
    films: list[Card] = []
    people: list[Person] = []
    others = 0
    for row in fields.rows(body, "results", most=MOST_RESULTS):
        kind = fields.text(row, "media_type", longest=20)
        if kind == "movie" and (film := entries.card(row)) is not None:
            films.append(film)
        elif kind == "person" and (person := entries.person(row)) is not None:
            people.append(person)
        elif kind == "tv":
            others += 1
    _refuse_all_bad(body, films or people or others)
    return SearchResults(
        films=entries.distinct(films),
        people=entries.distinct(people),
        **_counts(body, page=page, found=len(films) + len(people)),
    )


def changes(body: Mapping[str, Any], *, page: int) -> Changes:
    """Return a page of ids of changed films.

    Raises:
        BadAnswer: it is no page, or none of what it lists can be used.
    """
    rows = fields.rows(body, "results", most=MOST_CHANGES)
    read = dict.fromkeys(fields.public_id(row) for row in rows)
    found = tuple(each for each in read if each is not None)
    _refuse_all_bad(body, found)
    return Changes(tmdb_ids=found, **_counts(body, page=page, found=len(found)))


def found_film(body: Mapping[str, Any]) -> Card | None:
    """Return the film of an answer about another site's id; None when there is none.

    Raises:
        BadAnswer: it is no such answer.
    """
    if not isinstance(body.get("movie_results"), list):
        raise BadAnswer
    read = (entries.card(row) for row in fields.rows(body, "movie_results", most=MOST_RESULTS))
    return next((card for card in read if card is not None), None)


def genres(body: Mapping[str, Any]) -> tuple[Genre, ...]:
    """Return all genres of films.

    Raises:
        BadAnswer: there is not one.
    """
    found = entries.genres(body)
    if not found:
        raise BadAnswer
    return found


def configuration(body: Mapping[str, Any]) -> Configuration:
    """Return where images lie.

    Raises:
        BadAnswer: it does not say.
    """
    images = fields.row_of(body, "images")
    place = fields.address(images, "secure_base_url")
    if not place.startswith("https://"):
        raise BadAnswer

    def sizes(name: str) -> tuple[str, ...]:
        return tuple(fields.words(images, name, SIZE, most=MOST_SIZES))

    return Configuration(
        image_url=place if place.endswith("/") else f"{place}/",
        poster_sizes=sizes("poster_sizes"),
        backdrop_sizes=sizes("backdrop_sizes"),
        profile_sizes=sizes("profile_sizes"),
    )


def _refuse_all_bad(body: Mapping[str, Any], found: object) -> None:
    """Tell an empty list, which is an answer, from one of which nothing can be used."""
    raw = body.get("results")
    if not isinstance(raw, list) or (raw and not found):
        raise BadAnswer


def _counts(body: Mapping[str, Any], *, page: int, found: int) -> dict[str, int]:
    """Return the numbers of a page; where TMDb's cannot be used, there is no other page."""
    pages = fields.whole(body, "total_pages")
    total = fields.whole(body, "total_results")
    return {
        "page": page,
        "total_pages": page if pages is None else min(pages, LAST_PAGE),
        "total_results": found if total is None else total,
    }
