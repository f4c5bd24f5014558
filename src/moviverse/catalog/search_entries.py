"""The words that the search finds films by, written in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from moviverse.catalog.folding import STOP_WORDS, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moviverse.catalog.rows import MovieRow

PUT = """
    insert into catalog_searchentry
        (movie_id, folded_title, folded_original_title, folded_people, popularity, words)
    select id, title, original, people, popularity,
        setweight(to_tsvector('simple', title || ' ' || original), 'A')
        || setweight(to_tsvector('simple', people), 'B')
        || setweight(to_tsvector('simple', rest), 'C')
    from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::text[])
        as told (id, title, original, people, popularity, rest)
    on conflict (movie_id) do update set
        folded_title = excluded.folded_title,
        folded_original_title = excluded.folded_original_title,
        folded_people = excluded.folded_people,
        popularity = excluded.popularity,
        words = excluded.words
"""
FOLLOW_POPULARITY = """
    update catalog_searchentry as entry set popularity = movie.popularity
    from catalog_movie as movie
    where entry.movie_id = any(%(ids)s) and movie.tmdb_id = entry.movie_id
        and movie.popularity <> entry.popularity
"""


def put(films: Iterable[MovieRow]) -> None:
    """Write the entries of films in place of those that there are, with one statement."""
    columns = list(zip(*map(_entry, films), strict=True))
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(PUT, [list(column) for column in columns])


def _entry(film: MovieRow) -> tuple[int | None, str, str, str, float, str]:
    title = fold(film.title)[:300]
    original = fold(film.original_title)[:300]
    people = [*(each.name for each in film.crew), *(each.name for each in film.cast)]
    rest = fold(" ".join([*film.keywords, film.tagline, film.overview])).split()
    return (
        film.tmdb_id,
        f" {title}",
        f" {original}" if original != title else "",
        f" {fold(' '.join(dict.fromkeys(people)))}",
        film.popularity or 0.0,
        " ".join(word for word in rest if word not in STOP_WORDS),
    )
