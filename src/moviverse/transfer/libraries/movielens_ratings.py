"""MovieLens' table of ratings, cut down to one person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moviverse.core import errors
from moviverse.transfer.libraries import cells
from moviverse.transfer.libraries.entries import Kind, Source
from moviverse.transfer.libraries.recognised import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from moviverse.transfer.libraries.tables import Line


class SeveralPeople(errors.Invalid):
    """A table holds the ratings of many, and nobody knows whose the uploader's are."""


def recognised(header: frozenset[str], name: str) -> Table | None:  # noqa: ARG001 - as all formats
    """Return how to read a table of MovieLens' ratings."""
    if not {"movieid", "rating"} <= header:
        return None
    return Table(Source.MOVIELENS, Kind.RATING, _entry, check=_of_one_person)


def _of_one_person(lines: Iterable[Line]) -> None:
    people: set[str] = set()
    for line in lines:
        people.add(line.cells.get("userid", "").strip())
        if len(people - {""}) > 1:
            raise SeveralPeople(
                "The file holds the ratings of several people: keep the rows of one userId."
            )


def _entry(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    movie_id = cells.whole(row, "movieid", "the id of a film")
    if movie_id is None:
        raise cells.CellWrong("movieid", "", "the id of a film")
    return {
        "movielens_id": movie_id,
        "title": cells.text(row, "title", limit=300),
        "rating": cells.rating(row, "rating", out_of=5),
        "at": cells.timestamp(row, "timestamp", now=now),
    }
