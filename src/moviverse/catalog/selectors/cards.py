"""The short form of a film that every list shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet

from moviverse.core import statements
from moviverse.core.long_lists import LongList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from moviverse.catalog.models import Movie

# Written out, since every recommendation ends with it and composing it takes longer than its answer.
CARD = """
    select tmdb_id, title, released_on, release_year,
        array(select genre.name from catalog_genre as genre
              join catalog_movie_genres as of_movie on of_movie.genre_id = genre.id
              where of_movie.movie_id = movie.tmdb_id order by genre.name),
        runtime_minutes, vote_average, poster_path
"""
CARD_COLUMNS = 8
CARDS = f"{CARD} from catalog_movie as movie where tmdb_id = any(%s::bigint[])"
# An array keeps the order of the films that were chosen.
CARDS_OF = f"""
    {CARD} from unnest(array({{films}})) with ordinality as chosen (tmdb_id, place)
    join catalog_movie as movie using (tmdb_id) order by place
"""


@dataclass(frozen=True, slots=True)
class MovieCard:
    """A film in a list, with the field names of the API's contract."""

    tmdb_id: int
    title: str
    release_date: date | None
    release_year: int | None
    genres: tuple[str, ...]
    runtime: int | None
    vote_average: float | None
    poster_url: str


def cards(ids: Sequence[int]) -> dict[int, MovieCard]:
    """Return the cards of the films among `ids` that the catalogue holds, with one query."""
    if not ids:
        return {}
    found = {card.tmdb_id: card for card in _read(CARDS, [list(ids)])}
    return {id_: found[id_] for id_ in ids if id_ in found}


def card_of(row: Sequence[Any]) -> MovieCard:
    """Return the card of a row with the columns of `CARD`."""
    tmdb_id, title, date, year, genres, runtime, vote, poster = row
    url = poster_url(tmdb_id, poster)
    return MovieCard(tmdb_id, title, date, year, tuple(genres), runtime, vote, url)


def _read(sql: str, values: Sequence[Any]) -> list[MovieCard]:
    """Return the cards of a statement."""
    return [card_of(row) for row in statements.fetched(sql, values)]


def poster_url(tmdb_id: int, poster_path: str, *, width: int = 500) -> str:
    """Return TMDb's poster where this site may use it, else the one that we draw."""
    if poster_path and settings.TMDB_API_KEY:
        return f"{settings.TMDB_IMAGE_URL}/w{width}{poster_path}"
    return f"/posters/{tmdb_id}.svg"


def backdrop_url(backdrop_path: str) -> str | None:
    """Return TMDb's wide image of a film, where this site may use it."""
    return (
        f"{settings.TMDB_IMAGE_URL}/w1280{backdrop_path}"
        if backdrop_path and settings.TMDB_API_KEY
        else None
    )


def profile_url(profile_path: str) -> str | None:
    """Return TMDb's image of a person, where this site may use it."""
    return (
        f"{settings.TMDB_IMAGE_URL}/w185{profile_path}"
        if profile_path and settings.TMDB_API_KEY
        else None
    )


class CardList(LongList[MovieCard]):
    """A long list of films as their cards: one query counts it, one reads a slice.

    A slice finds its ids first, through the index of the order, and reads the genres of these
    alone: the hundredth page costs little more than the first.
    """

    def __init__(self, movies: QuerySet[Movie], count: Callable[[], int] | None = None) -> None:
        """Show `movies`; `count` is a cheaper way to count them, where there is one."""
        self.movies = movies
        super().__init__(count=count or movies.count, read=self._read_slice)

    def _read_slice(self, limit: int, start: int) -> list[MovieCard]:
        chosen = self.movies.values("tmdb_id")[start : start + limit]
        try:
            films, values = chosen.query.sql_with_params()
        except EmptyResultSet:  # of a slice of nothing
            return []
        return _read(CARDS_OF.format(films=films), values)


class Cards(LongList[MovieCard]):
    """Films whose ids are known, in their order, as their cards: a slice reads its own with a query."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids
        super().__init__(count=partial(len, ids), read=self._read_ids)

    def _read_ids(self, limit: int, start: int) -> list[MovieCard]:
        return list(cards(self.ids[start : start + limit]).values())
