"""What a film is linked to: genres, keywords, people. Names become rows, made where missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.catalog.folding import fold
from moviverse.catalog.models import Genre, Keyword, Movie, MovieCast, MovieCrew, Person
from moviverse.catalog.vocabulary import GENRES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moviverse.catalog.rows import CastRow, CrewRow

Casts = dict[int, tuple["CastRow", ...]]
Crews = dict[int, tuple["CrewRow", ...]]
SPELLINGS = {name.casefold(): name for name in GENRES}


def genre_name(name: str) -> str:
    """Return TMDb's spelling of a genre, whatever its case; an unknown one stays as it is."""
    return SPELLINGS.get(name.strip().casefold(), name.strip())[:50]


def keyword_name(name: str) -> str:
    """Return a keyword as it is kept: lower case, one space between words."""
    return " ".join(name.casefold().split())[:100]


def folded_name(name: str) -> str:
    """Return what tells people apart that have no id: "Almodovar" is "Almodóvar"."""
    return (fold(name) or name)[:200]


def set_genres(named: Mapping[int, Sequence[str]]) -> None:
    """Make `named` (film -> genre names) the genres of these films."""
    names = {name for each in named.values() for name in each}
    Genre.objects.bulk_create(
        (Genre(name=name, tmdb_id=GENRES.get(name)) for name in sorted(names)),
        ignore_conflicts=True,
    )
    ids = dict(Genre.objects.filter(name__in=names).values_list("name", "id"))
    through = Movie.genres.through
    through.objects.filter(movie_id__in=named.keys()).delete()
    through.objects.bulk_create(
        through(movie_id=movie_id, genre_id=ids[name])
        for movie_id, each in named.items()
        for name in each
    )


def set_keywords(named: Mapping[int, Sequence[str]]) -> None:
    """Make `named` (film -> keyword names) the keywords of these films."""
    names = {name for each in named.values() for name in each}
    Keyword.objects.bulk_create(
        (Keyword(name=name) for name in sorted(names)), ignore_conflicts=True
    )
    ids = dict(Keyword.objects.filter(name__in=names).values_list("name", "id"))
    through = Movie.keywords.through
    through.objects.filter(movie_id__in=named.keys()).delete()
    through.objects.bulk_create(
        through(movie_id=movie_id, keyword_id=ids[name])
        for movie_id, each in named.items()
        for name in each
    )


def set_people(casts: Casts, crews: Crews) -> None:
    """Make `casts` and `crews` (film -> rows) the people of these films."""
    everybody: list[CastRow | CrewRow] = [row for rows in casts.values() for row in rows]
    everybody.extend(row for rows in crews.values() for row in rows)
    people = _people(everybody)
    MovieCast.objects.filter(movie_id__in=casts.keys()).delete()
    MovieCast.objects.bulk_create(
        MovieCast(
            movie_id=movie_id,
            person=people[row.name, row.tmdb_id],
            character=row.character,
            position=position,
        )
        for movie_id, rows in casts.items()
        for position, row in enumerate(rows)
    )
    MovieCrew.objects.filter(movie_id__in=crews.keys()).delete()
    MovieCrew.objects.bulk_create(
        (
            MovieCrew(
                movie_id=movie_id,
                person=people[row.name, row.tmdb_id],
                job=row.job,
                department=row.department,
            )
            for movie_id, rows in crews.items()
            for row in rows
        ),
        ignore_conflicts=True,  # one person, one job, under two spellings of the name
    )


def _people(rows: Iterable[CastRow | CrewRow]) -> dict[tuple[str, int | None], Person]:
    """Return the person of each (name, TMDb id), making who is missing.

    Somebody known by name alone is whoever has that name; the first with an id claims the name.
    """
    wanted = {(row.name, row.tmdb_id): row for row in rows}
    by_id = {
        person.tmdb_id: person
        for person in Person.objects.filter(tmdb_id__in={id_ for _, id_ in wanted if id_})
    }
    by_name: dict[str, Person] = {}
    for person in Person.objects.filter(
        folded_name__in={folded_name(name) for name, _ in wanted}
    ).order_by("tmdb_id"):
        by_name.setdefault(person.folded_name, person)
    found: dict[tuple[str, int | None], Person] = {}
    new: list[Person] = []
    changed: list[Person] = []
    # Those with an id first, so that the same name without one finds them.
    for (name, tmdb_id), row in sorted(wanted.items(), key=lambda each: each[0][1] is None):
        key = folded_name(name)
        namesake = by_name.get(key)
        if tmdb_id is not None and tmdb_id in by_id:
            person = by_id[tmdb_id]
            if row.profile_path and row.profile_path != person.profile_path:
                person.profile_path = row.profile_path
                changed.append(person)
        elif namesake is not None and (tmdb_id is None or namesake.tmdb_id is None):
            person = namesake
            if tmdb_id is not None:
                person.tmdb_id = tmdb_id
                person.profile_path = row.profile_path or person.profile_path
                by_id[tmdb_id] = person
                changed.append(person)
        else:
            person = Person(
                tmdb_id=tmdb_id, name=name, folded_name=key, profile_path=row.profile_path
            )
            new.append(person)
            by_name.setdefault(key, person)
            if tmdb_id is not None:
                by_id[tmdb_id] = person
        found[name, tmdb_id] = person
    Person.objects.bulk_create(new)
    Person.objects.bulk_update(changed, ["tmdb_id", "profile_path"])
    return found
