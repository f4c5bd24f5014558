"""The tables that TMDb's data is passed around in as CSV, told apart by their headers.

| table | columns, at least | known as |
|---|---|---|
| films | id, title, release_date, genres | tmdb_5000_movies (JSON), movies_metadata (literals) |
| keywords | id, keywords | keywords |
| credits | id or movie_id, cast, crew | credits, tmdb_5000_credits |
| leading credits | id, top_cast, director | leading actors and directors by name |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moviverse.catalog import selectors
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow
from moviverse.transfer import tmdb_cells as cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

IMDB_ID = re.compile(r"tt[0-9]{7,10}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
COUNTRY = re.compile(r"[A-Z]{2}")
WEB = re.compile(r"https?://.+", re.IGNORECASE)
IMAGE = re.compile(r"/[A-Za-z0-9_-]+\.[A-Za-z]{3,4}")  # it is put behind the address of TMDb's
LONGEST_FILM_MINUTES = 100_000  # the longest of all runs for 35 days
LARGEST_SUM = 10**15  # dollars
LARGEST_COUNT = 2**31 - 1
LARGEST_POPULARITY = 1e6


@dataclass(frozen=True)
class Table:
    """A kind of file: what it needs to be one, and what a row of it tells."""

    name: str
    columns: frozenset[str]
    row: Callable[[Mapping[str, str]], MovieRow]
    only_fills: bool = False  # it tells less than others do, so it fills gaps alone


def recognised(header: Sequence[str]) -> Table | None:
    """Return the table that has this header."""
    return next((table for table in TABLES if table.columns <= set(header)), None)


def _film(cells: Mapping[str, str]) -> MovieRow:
    title = cell.text(cells, "title")
    if not cell.is_seen(title):
        raise cell.CellWrong("title", title, "a title")
    votes = cell.whole(cells, "vote_count", "a number of votes", most=LARGEST_COUNT)
    average = cell.decimal(cells, "vote_average", "an average from 0 to 10", most=10)
    return MovieRow(
        tmdb_id=_id(cells, "id"),
        title=title,
        original_title=cell.text(cells, "original_title"),
        imdb_id=cell.matching(cells, "imdb_id", IMDB_ID, "an id such as tt0113277"),
        overview=cell.text(cells, "overview"),
        tagline=cell.text(cells, "tagline"),
        released_on=cell.day(cells, "release_date"),
        runtime_minutes=_known(
            cell.whole(cells, "runtime", "a number of minutes", most=LONGEST_FILM_MINUTES)
        ),
        language=cell.matching(cells, "original_language", LANGUAGE, "a language such as en"),
        countries=_countries(cells),
        status=cell.text(cells, "status"),
        is_adult=cell.truth(cells, "adult"),
        budget=_known(cell.whole(cells, "budget", "a sum of money", most=LARGEST_SUM)),
        revenue=_known(cell.whole(cells, "revenue", "a sum of money", most=LARGEST_SUM)),
        homepage=cell.matching(cells, "homepage", WEB, "an address of the web"),
        poster_path=cell.matching(cells, "poster_path", IMAGE, "the path of an image"),
        backdrop_path=cell.matching(cells, "backdrop_path", IMAGE, "the path of an image"),
        vote_average=average if votes else None,  # nobody's average is 0.0 in these files
        vote_count=_known(votes),
        popularity=cell.decimal(cells, "popularity", "a popularity", most=LARGEST_POPULARITY),
        genres=_names(cells, "genres"),
        keywords=_names(cells, "keywords"),
    )


def _keywords(cells: Mapping[str, str]) -> MovieRow:
    return MovieRow(tmdb_id=_id(cells, "id"), keywords=_names(cells, "keywords"))


def _credits(cells: Mapping[str, str]) -> MovieRow:
    cast = sorted(cell.items(cells, "cast"), key=_order)
    return MovieRow(
        tmdb_id=_id(cells, "movie_id" if "movie_id" in cells else "id"),
        cast=tuple(
            CastRow(
                name=cell.part(each, "name", "cast"),
                character=cell.part(each, "character", "cast"),
                tmdb_id=cell.id_part(each, "cast"),
                profile_path=_image(each, "cast"),
            )
            for each in cast
        ),
        crew=tuple(
            CrewRow(
                name=cell.part(each, "name", "crew"),
                job=cell.part(each, "job", "crew"),
                department=cell.part(each, "department", "crew"),
                tmdb_id=cell.id_part(each, "crew"),
                profile_path=_image(each, "crew"),
            )
            for each in cell.items(cells, "crew")
        ),
    )


def _leading_credits(cells: Mapping[str, str]) -> MovieRow:
    return MovieRow(
        tmdb_id=_id(cells, "id"),
        cast=tuple(CastRow(name) for name in cell.names(cell.text(cells, "top_cast"))),
        crew=tuple(
            CrewRow(name, job="Director", department="Directing")
            for name in cell.names(cell.text(cells, "director"))
        ),
    )


def _id(cells: Mapping[str, str], name: str) -> int:
    found = cell.whole(cells, name, "the id of a film", least=1, most=cell.LARGEST_ID)
    if found is None or selectors.is_local(found):  # those are given out here
        raise cell.CellWrong(name, cells[name], "the id of a film")
    return found


def _known(number: int | None) -> int | None:
    """Return `number`, None for TMDb's 0, which stands for what nobody has told it."""
    return number or None


def _countries(cells: Mapping[str, str]) -> tuple[str, ...]:
    codes = [
        cell.part(each, "iso_3166_1", "production_countries")
        for each in cell.items(cells, "production_countries")
    ]
    for code in codes:
        if not COUNTRY.fullmatch(code):
            raise cell.CellWrong("production_countries", code, "a country such as US")
    return tuple(dict.fromkeys(codes))


def _names(cells: Mapping[str, str], column: str) -> tuple[str, ...]:
    found = (cell.part(each, "name", column) for each in cell.items(cells, column))
    return tuple(name for name in found if name)


def _image(item: Mapping[str, Any], column: str) -> str:
    held = cell.part(item, "profile_path", column)
    if held and not IMAGE.fullmatch(held):
        raise cell.CellWrong(f"profile_path in {column}", held, "the path of an image")
    return held


def _order(item: Mapping[str, Any]) -> int:
    """Return a role's place on the bill; roles without one stay behind, in the file's order."""
    held = item.get("order")
    return held if type(held) is int else cell.LARGEST_ID


TABLES = (  # films first: the others add to films that are held already
    Table("films", frozenset({"id", "title", "release_date", "genres"}), _film),
    Table("keywords", frozenset({"id", "keywords"}), _keywords),
    Table("credits", frozenset({"movie_id", "cast", "crew"}), _credits),
    Table("credits", frozenset({"id", "cast", "crew"}), _credits),
    Table(
        "leading credits",
        frozenset({"id", "top_cast", "director"}),
        _leading_credits,
        only_fills=True,
    ),
)
