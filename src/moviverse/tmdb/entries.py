"""The entries of TMDb's lists: a film, a person, a name with its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from moviverse.tmdb import fields
from moviverse.tmdb.types import Card, Genre, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_GENRES = 30
TITLE, NAME, OVERVIEW = 300, 200, 10_000  # characters
POPULAR = 1_000_000.0


class Numbered(Protocol):
    """What has an id of TMDb's."""

    @property
    def tmdb_id(self) -> int: ...


Entry = TypeVar("Entry", bound=Numbered)


def card(row: Mapping[str, Any]) -> Card | None:
    """Return a film of a list; None without an id or a title."""
    tmdb_id = fields.public_id(row)
    title = fields.text(row, "title", longest=TITLE) or fields.text(
        row, "original_title", longest=TITLE
    )
    if tmdb_id is None or not title:
        return None
    return Card(
        tmdb_id=tmdb_id,
        title=title,
        original_title=fields.text(row, "original_title", longest=TITLE),
        original_language=fields.matching(row, "original_language", fields.LANGUAGE),
        overview=fields.text(row, "overview", longest=OVERVIEW, lines=True),
        released_on=fields.day(row, "release_date"),
        genre_ids=fields.ids(row, "genre_ids", most=MOST_GENRES),
        vote_average=fields.number(row, "vote_average", most=10.0),
        vote_count=fields.whole(row, "vote_count"),
        popularity=fields.number(row, "popularity", most=POPULAR),
        is_adult=fields.known(row, "adult"),
        poster_path=fields.matching(row, "poster_path", fields.PATH),
        backdrop_path=fields.matching(row, "backdrop_path", fields.PATH),
    )


def person(row: Mapping[str, Any]) -> Person | None:
    """Return a person; None without an id or a name."""
    tmdb_id, name = fields.public_id(row), fields.text(row, "name", longest=NAME)
    if tmdb_id is None or not name:
        return None
    return Person(
        tmdb_id=tmdb_id,
        name=name,
        known_for=fields.text(row, "known_for_department", longest=100),
        popularity=fields.number(row, "popularity", most=POPULAR),
        profile_path=fields.matching(row, "profile_path", fields.PATH),
    )


def genres(body: Mapping[str, Any]) -> tuple[Genre, ...]:
    """Return the genres that a film or the list of all has, each once."""
    return distinct(Genre(*each) for each in named(body, "genres", most=MOST_GENRES, longest=50))


def named(
    row: Mapping[str, Any], name: str, *, most: int, longest: int
) -> Iterator[tuple[int, str]]:
    """Yield the ids and the names of a list of both."""
    for each in fields.rows(row, name, most=most):
        tmdb_id, said = fields.public_id(each), fields.text(each, "name", longest=longest)
        if tmdb_id is not None and said:
            yield tmdb_id, said


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries without those whose id came before."""
    found: dict[int, Entry] = {}
    for entry in entries:
        found.setdefault(entry.tmdb_id, entry)
    return tuple(found.values())
