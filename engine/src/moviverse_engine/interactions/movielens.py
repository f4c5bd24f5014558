"""Read MovieLens as GroupLens ships it: 100K, 1M, 10M, 20M, 25M, 32M and latest-*.

Ratings are `userId,movieId,rating,timestamp` with a header, `::` or tab-separated. Films are
`movieId,title,genres`, the same with `::`, or the 24 columns of 100K's `u.item`. All of them may
be in a folder, in a zip, or packed with xz or gz.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from moviverse_engine.interactions import archives, delimited, titles
from moviverse_engine.interactions.errors import MissingColumn
from moviverse_engine.interactions.progress import silent
from moviverse_engine.interactions.reports import ReadReport, Refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moviverse_engine.interactions.progress import Progress
    from moviverse_engine.interactions.table import Interactions

__all__ = ["FilmRow", "ReadReport", "read_films", "read_ratings"]

RATING_FILES = ("ratings.csv", "ratings.dat", "u.data", "*.csv")
FILM_FILES = ("movies.csv", "movies.dat", "u.item")
_RATING_COLUMNS = ("userid", "movieid", "rating", "timestamp")
_ITEM_COLUMNS = 24
_GENRES_100K = (
    *("Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary"),
    *("Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi"),
    *("Thriller", "War", "Western"),
)
_Row = TypeVar("_Row")
_NO_GENRE = ("", "unknown", "(no genres listed)")


@dataclass(frozen=True)
class FilmRow:
    """One film as MovieLens describes it; `imdb_id` is written as IMDb does, `tt0114709`."""

    movie_id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    tmdb_id: int | None = None
    imdb_id: str | None = None


def read_ratings(
    path: Path,
    *,
    strict: bool = False,
    progress: Progress | None = None,
    limits: archives.Limits | None = None,
) -> tuple[Interactions, ReadReport]:
    """Read the ratings in a folder, a file or an archive, streamed in blocks of 1 MiB.

    Ratings are half steps from 0.5 to 5. Of two ratings of one film by one user the last by time
    stays. Blank lines are no rows.

    Raises:
        DataNotFound, UnsafeArchive, TruncatedFile: as `archives.opened`.
        MissingColumn: the header has no column of one of the four names.
        MalformedRow: `strict` is set and a row cannot be read, or a line is longer than 1 MiB.
    """
    with archives.opened(path, RATING_FILES, limits=limits) as source:

        def layout_of(head: str) -> delimited.Layout:
            return _rating_layout(head, source.label)

        return delimited.read(source, layout_of, strict=strict, progress=progress)


def read_films(
    path: Path,
    *,
    strict: bool = False,
    progress: Progress | None = None,
    limits: archives.Limits | None = None,
) -> tuple[list[FilmRow], ReadReport]:
    """Read the films, in the order of the file, and the links to IMDb and TMDb beside them.

    Titles come without the year and with the article in front. Films that claim the same TMDb id
    all keep it, and the report says which they are. Of two rows with one id the later stays.

    Raises:
        DataNotFound, UnsafeArchive, TruncatedFile: as `archives.opened`.
        MalformedRow: `strict` is set and a row cannot be read, or a line is longer than 1 MiB.
    """
    with archives.opened(path, FILM_FILES, limits=limits) as source:
        refusals = Refusals(source.label, strict)
        rows = list(_parsed(source, _film, refusals, progress or silent))
    films = {film.movie_id: film for film in rows}
    for movie_id, imdb_id, tmdb_id in _links(source.place, refusals, limits):
        if movie_id in films:
            films[movie_id] = replace(films[movie_id], imdb_id=imdb_id, tmdb_id=tmdb_id)
    claims: defaultdict[int, list[int]] = defaultdict(list)
    for film in films.values():
        if film.tmdb_id is not None:
            claims[film.tmdb_id].append(film.movie_id)
    return list(films.values()), ReadReport(
        path=refusals.path,
        rows=len(rows),
        malformed=refusals.count,
        first_malformed=tuple(refusals.first),
        duplicates=len(rows) - len(films),
        duplicate_links=tuple((t, tuple(ids)) for t, ids in claims.items() if len(ids) > 1),
        missing_links=sum(film.tmdb_id is None for film in films.values()),
    )


def _rating_layout(head: str, label: str) -> delimited.Layout:
    """Tell the layout by the first line; it is a header when none of its fields is a number."""
    separator = next((mark for mark in ("::", "\t", "|") if mark in head), ",")
    places = list(range(4))
    width, header = 4, False
    if separator == ",":
        names = delimited.header(head, separator)
        header = not any(name[:1].isdigit() for name in names)
        if header:
            known = [name.lower().replace("_", "") for name in names]
            width = len(known)
            for place, name in enumerate(_RATING_COLUMNS):
                if name not in known:
                    raise MissingColumn(
                        f"{label} has no column {name}; it has {delimited.listed(names)}."
                    )
                places[place] = known.index(name)
    user, item, rating, timestamp = places
    return delimited.Layout(
        separator=separator,
        width=width,
        user=user,
        item=item,
        rating=rating,
        timestamp=timestamp,
        header=header,
        half_steps=True,
    )


def _parsed(
    source: archives.Source,
    parse: Callable[[bytes], _Row],
    refusals: Refusals,
    progress: Progress,
) -> Iterator[_Row]:
    file = None if source.label == refusals.path else source.label
    for first_line, block in delimited.blocks(source):
        for number, line in enumerate(block.split(b"\n"), start=first_line):
            header = number == 1 and line.lower().startswith((b"movieid,", b'"movieid"'))
            if line.strip() and not header:
                try:
                    yield parse(line.rstrip(b"\r"))
                except ValueError as error:
                    refusals.add(number, str(error), file=file)
        progress(source.fraction(), f"reading {source.label}")


def _film(line: bytes) -> FilmRow:
    if b"\0" in line:
        raise ValueError("a NUL byte")
    if b"::" in line and line[: line.index(b"::")].isdigit():
        values = _legacy(line).split("::")
        _expect(values, 3)
        genres = values[2].split("|")
    elif line.count(b"|") >= _ITEM_COLUMNS - 1:
        values = _legacy(line).split("|")
        _expect(values, _ITEM_COLUMNS)
        flags = values[6:]  # the one before says "unknown"
        genres = [name for name, flag in zip(_GENRES_100K, flags, strict=True) if flag == "1"]
    else:
        values = delimited.fields(_utf8(line), ",")
        _expect(values, 3)
        genres = values[2].split("|")
    title, year = titles.split_year(values[1])
    if not title:
        raise ValueError("an empty title")
    return FilmRow(
        movie_id=delimited.integer(values[0], "film"),
        title=titles.natural(title),
        year=year,
        genres=tuple(genre for genre in map(str.strip, genres) if genre not in _NO_GENRE),
    )


def _links(
    place: Path, refusals: Refusals, limits: archives.Limits | None
) -> list[tuple[int, str | None, int | None]]:
    try:
        with archives.opened(place, ("links.csv",), limits=limits, below=False) as source:
            return list(_parsed(source, _link, refusals, silent))
    except archives.DataNotFound:
        return []  # 100K, 1M and 10M have none


def _link(line: bytes) -> tuple[int, str | None, int | None]:
    values = [value.strip() for value in delimited.fields(_utf8(line), ",")]
    _expect(values, 3)
    movie_id, imdb_id, tmdb_id = values
    return (
        delimited.integer(movie_id, "film"),
        f"tt{delimited.integer(imdb_id, 'IMDb id'):07d}" if imdb_id else None,
        delimited.integer(tmdb_id, "TMDb id") if tmdb_id else None,
    )


def _utf8(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("bytes that are not UTF-8") from error


def _legacy(line: bytes) -> str:
    """Decode 100K and 1M, which are ISO-8859-1, and 10M, which is UTF-8."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("iso-8859-1")


def _expect(values: list[str], width: int) -> None:
    if len(values) != width:
        raise ValueError(f"{len(values)} columns instead of {width}")
