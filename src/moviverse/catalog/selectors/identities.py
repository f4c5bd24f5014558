"""Which film is meant: by an id of somebody's, or by its titles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.catalog.models import Movie, SearchEntry, SourceId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

READ_AT_ONCE = 5_000  # rows


@dataclass(frozen=True, slots=True)
class Titles:
    """What a film is called, as it is shown and folded."""

    movie_id: int
    title: str
    year: int | None
    imdb_id: str
    folded: str
    folded_original: str  # empty when it is the same
    popularity: float


def ids_of_imdb(imdb_ids: Collection[str]) -> dict[str, int]:
    """Return the films that IMDb's ids name, with one query; of two with one id the better known."""
    if not imdb_ids:
        return {}
    rows = Movie.objects.filter(imdb_id__in=imdb_ids).order_by("popularity", "-tmdb_id")
    return dict(rows.values_list("imdb_id", "tmdb_id"))


def ids_of(*, source: str, values: Collection[str]) -> dict[str, int]:
    """Return the films that some ids of a source name, with one query."""
    if not values:
        return {}
    rows = SourceId.objects.filter(source=source, value__in=values)
    return dict(rows.values_list("value", "movie_id"))


def titles() -> Iterator[Titles]:
    """Read the titles of every film, the best known first, with one query."""
    rows = SearchEntry.objects.order_by("-popularity", "movie_id").values_list(
        "movie_id",
        "movie__title",
        "movie__release_year",
        "movie__imdb_id",
        "folded_title",
        "folded_original_title",
        "popularity",
    )
    for movie_id, title, year, imdb_id, folded, original, fame in rows.iterator(READ_AT_ONCE):
        yield Titles(movie_id, title, year, imdb_id, folded.strip(), original.strip(), fame)
