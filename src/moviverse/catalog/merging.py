"""What a film becomes when a source tells of it again. Pure: rows in, a row out."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from moviverse.catalog.linking import folded_name, genre_name, keyword_name
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from moviverse.catalog.models import Movie

LIMITS = {
    "title": 300,
    "original_title": 300,
    "imdb_id": 12,
    "overview": 10_000,
    "tagline": 500,
    "language": 8,
    "status": 30,
    "homepage": 500,
    "poster_path": 200,
    "backdrop_path": 200,
}
MOST_PEOPLE = 500  # of one film: as many as the longest real credits
MOST_KEYWORDS = 200
MOST_GENRES = 20
NAME_LENGTH = 200
CONTROLS = (*range(32), *range(0x7F, 0xA0))
SURROGATES = range(0xD800, 0xE000)  # halves of a character, which no database stores
UNPRINTABLE = str.maketrans(dict.fromkeys(CONTROLS, " ") | dict.fromkeys(SURROGATES, ""))
LINES = {code: to for code, to in UNPRINTABLE.items() if chr(code) not in "\t\n\r"}
KEPT_LINES = frozenset({"overview"})

# What each field is that a source says nothing of; a film is always named by its id.
SILENT = {
    field.name: getattr(MovieRow(tmdb_id=None), field.name)
    for field in fields(MovieRow)
    if field.name not in {"tmdb_id", "source_ids"}
}

Person = TypeVar("Person", CastRow, CrewRow)


def cleaned(row: MovieRow) -> MovieRow:
    """Return `row` as it fits the tables: printable, cut to length, one spelling a name."""
    texts: dict[str, Any] = {
        name: _text(getattr(row, name), limit, lines=name in KEPT_LINES)
        for name, limit in LIMITS.items()
    }
    return replace(
        row,
        **texts,
        genres=_distinct(genre_name(_text(name, NAME_LENGTH)) for name in row.genres)[:MOST_GENRES],
        keywords=_distinct(keyword_name(_text(name, NAME_LENGTH)) for name in row.keywords)[
            :MOST_KEYWORDS
        ],
        cast=_distinct(
            CastRow(
                name=_text(each.name, NAME_LENGTH),
                character=_text(each.character, 300),
                tmdb_id=each.tmdb_id,
                profile_path=_text(each.profile_path, 200),
            )
            for each in row.cast
            if each.name.strip()
        )[:MOST_PEOPLE],
        crew=_distinct(
            CrewRow(
                name=_text(each.name, NAME_LENGTH),
                job=_text(each.job, 100),
                department=_text(each.department, 100),
                tmdb_id=each.tmdb_id,
                profile_path=_text(each.profile_path, 200),
            )
            for each in row.crew
            if each.name.strip() and each.job.strip()
        )[:MOST_PEOPLE],
        release_year=row.released_on.year if row.released_on else row.release_year,
        vote_count=row.vote_count or None,
        popularity=row.popularity or None,
    )


def _text(value: str, limit: int, *, lines: bool = False) -> str:
    if value.isascii() and value.isprintable():
        return value.strip()[:limit]
    return value.translate(LINES if lines else UNPRINTABLE).strip()[:limit]


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def held(movie: Movie) -> MovieRow:
    """Return what we hold of a film, its links prefetched, as a source would tell it."""
    same = {
        field.name: getattr(movie, field.name)
        for field in fields(MovieRow)
        if field.name not in {"genres", "keywords", "cast", "crew", "source_ids", "countries"}
    }
    return MovieRow(
        **same | {"vote_count": movie.vote_count or None, "popularity": movie.popularity or None},
        countries=tuple(movie.countries),
        genres=tuple(genre.name for genre in movie.genres.all()),
        keywords=tuple(keyword.name for keyword in movie.keywords.all()),
        cast=tuple(
            CastRow(role.person.name, role.character, role.person.tmdb_id, role.person.profile_path)
            for role in movie.cast.all()
        ),
        crew=tuple(
            CrewRow(
                job.person.name,
                job.job,
                job.department,
                job.person.tmdb_id,
                job.person.profile_path,
            )
            for job in movie.crew.all()
        ),
    )


def without(row: MovieRow, names: Collection[str]) -> MovieRow:
    """Return `row` without some of its fields: it says nothing of them any more."""
    if not names:
        return row
    hidden = {name for name in names if name in SILENT}
    if "released_on" in hidden:  # the year follows from the date
        hidden.add("release_year")
    return replace(row, **{name: SILENT[name] for name in hidden})


def merged(
    old: MovieRow, new: MovieRow, *, only_fill: bool = False, tells_all: bool = False
) -> MovieRow:
    """Return `old` with what `new` tells: never an empty field for a full one.

    Args:
        old: What is known.
        new: What a source tells, `cleaned`.
        only_fill: The source is the poorer one: where both speak, `old` stands.
        tells_all: A cast or crew that is told is the whole one.
    """
    first, second = (old, new) if only_fill else (new, old)
    values: dict[str, Any] = {
        field.name: second_value if _is_empty(first_value) else first_value
        for field in fields(MovieRow)
        for first_value, second_value in [(getattr(first, field.name), getattr(second, field.name))]
    }
    values["tmdb_id"] = old.tmdb_id
    if values["released_on"]:  # a date knows better than a year alone
        values["release_year"] = values["released_on"].year
    for name in ("genres", "keywords"):
        if set(values[name]) == set(getattr(old, name)):  # their order says nothing
            values[name] = getattr(old, name)
    if not tells_all:
        values["cast"] = _people(old.cast, values["cast"])
        values["crew"] = _people(old.crew, values["crew"])
    else:
        values["cast"] = _known_people(old.cast, values["cast"])
        values["crew"] = _known_people(old.crew, values["crew"])
        if set(values["crew"]) == set(old.crew):
            values["crew"] = old.crew
    return MovieRow(**values)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", ())


def _people(old: tuple[Person, ...], new: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return `new`, unless it is a part of `old`: a file of leading actors shortens no cast."""
    known = {(folded_name(each.name), part): each for each in old for part in (_part(each), "")}
    told_before = all(
        (key := (folded_name(each.name), _part(each))) in known
        and each.tmdb_id in (None, known[key].tmdb_id)
        for each in new
    )
    return old if told_before else new


def _known_people(old: tuple[Person, ...], new: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return `new`, people whom we know by their id under the name that they have here."""
    known = {each.tmdb_id: each for each in old if each.tmdb_id is not None}
    return tuple(
        replace(
            each,
            name=known[each.tmdb_id].name,
            profile_path=each.profile_path or known[each.tmdb_id].profile_path,
        )
        if each.tmdb_id in known
        else each
        for each in new
    )


def _part(person: CastRow | CrewRow) -> str:
    return person.character if isinstance(person, CastRow) else person.job
