"""One film and one person, with all that belongs to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from moviverse.catalog.errors import MovieNotFound, PersonNotFound
from moviverse.catalog.models import MovieCast, MovieCrew, Person
from moviverse.catalog.selectors.cards import CARD, CARD_COLUMNS, MovieCard, card_of, cards
from moviverse.core import statements, versions

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

# Where a site shows a video, before its id.
VIDEOS = {"YouTube": "https://www.youtube.com/watch?v=", "Vimeo": "https://vimeo.com/"}
MOST_CREDITS = 500  # of one person
EDITION = f"""
    select updated_at, {versions.NUMBER}, (select max(updated_at) from catalog_movie),
        {versions.NUMBER}
    from catalog_movie where tmdb_id = %s
"""  # noqa: S608 - constants
PLAIN = (
    "imdb_id",
    "original_title",
    "overview",
    "tagline",
    "language",
    "status",
    "is_adult",
    "budget",
    "revenue",
    "homepage",
    "poster_path",
    "backdrop_path",
    "vote_count",
    "popularity",
    "added_at",
    "updated_at",
)
FILM = f"""
    {CARD}, countries, videos, posters, backdrops,
        array(select keyword.name from catalog_keyword as keyword
              join catalog_movie_keywords as of_movie on of_movie.keyword_id = keyword.id
              where of_movie.movie_id = movie.tmdb_id order by keyword.name),
        {", ".join(PLAIN)}
    from catalog_movie as movie
    left join catalog_moviemedia as media on media.movie_id = movie.tmdb_id
    where tmdb_id = %s
"""  # noqa: S608 - constants
WHO = "person.id, person.name, person.tmdb_id, person.profile_path"
CAST = f"""
    select {WHO}, role.character
    from catalog_moviecast as role join catalog_person as person on person.id = role.person_id
    where role.movie_id = %s order by role.position
"""  # noqa: S608 - constants
CREW = f"""
    select {WHO}, '', work.job, work.department
    from catalog_moviecrew as work join catalog_person as person on person.id = work.person_id
    where work.movie_id = %s
    order by work.department, work.job, person.folded_name, person.id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody's part in a film: a character of the cast, or a job of the crew."""

    id: UUID
    name: str
    tmdb_id: int | None
    profile_path: str
    character: str = ""
    job: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class MovieDetail:
    """All that the catalogue holds of a film."""

    card: MovieCard
    imdb_id: str
    original_title: str
    overview: str
    tagline: str
    language: str
    countries: tuple[str, ...]
    status: str
    is_adult: bool
    budget: int | None
    revenue: int | None
    homepage: str
    poster_path: str
    backdrop_path: str
    vote_count: int
    popularity: float
    keywords: tuple[str, ...]
    cast: tuple[Credit, ...]
    crew: tuple[Credit, ...]
    videos: tuple[dict[str, Any], ...]
    posters: tuple[str, ...]  # paths at TMDb, as those of backdrops
    backdrops: tuple[str, ...]
    added_at: datetime
    updated_at: datetime

    @property
    def directors(self) -> tuple[Credit, ...]:
        """Return who directed it."""
        return tuple(credit for credit in self.crew if credit.job == "Director")

    @property
    def trailer(self) -> Trailer | None:
        """Return the first trailer that lies where we know the addresses of."""
        for video in self.videos:
            if video["type"] == "Trailer" and video["site"] in VIDEOS:
                return Trailer(video["site"], VIDEOS[video["site"]] + quote(video["key"], safe=""))
        return None


@dataclass(frozen=True, slots=True)
class Trailer:
    """Where a film's trailer is shown."""

    site: str
    url: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What differs when a film has changed, and when anything has."""

    film: tuple[datetime, int]
    catalogue: tuple[datetime | None, int]


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """Somebody, with the films they acted in and worked on, the best known first."""

    id: UUID
    tmdb_id: int | None
    name: str
    profile_path: str
    acted_in: tuple[tuple[MovieCard, str], ...]  # with the character
    worked_on: tuple[tuple[MovieCard, str], ...]  # with the job


def edition(*, tmdb_id: int, scope: str, also: str) -> Edition:
    """Return what differs after a change, of a film and of the catalogue around it.

    Args:
        tmdb_id: The film.
        scope: What is kept of the film alone.
        also: What is kept of the catalogue besides.

    Raises:
        MovieNotFound: the catalogue does not hold it.
    """
    found = statements.fetched(
        EDITION,
        [
            versions.watched((scope,)),
            versions.watched((versions.CATALOGUE, also)),
            tmdb_id,
        ],
    )
    if not found:
        raise MovieNotFound
    ((changed_at, emptied, latest, number),) = found
    return Edition((changed_at, emptied), (latest, number))


def movie(*, tmdb_id: int) -> MovieDetail:
    """Return a film with its genres, keywords, cast, crew, videos and images: three queries.

    Raises:
        MovieNotFound: the catalogue does not hold it.
    """
    found = statements.fetched(FILM, [tmdb_id])
    if not found:
        raise MovieNotFound
    told = found[0]
    card = card_of(told[:CARD_COLUMNS])
    countries, videos, posters, backdrops, keywords, *plain = told[CARD_COLUMNS:]
    facts = dict(zip(PLAIN, plain, strict=True))
    return MovieDetail(
        card=card,
        **facts,
        countries=tuple(countries),
        keywords=tuple(keywords),
        cast=tuple(Credit(*row) for row in statements.fetched(CAST, [tmdb_id])),
        crew=tuple(Credit(*row) for row in statements.fetched(CREW, [tmdb_id])),
        videos=tuple(json.loads(videos or "[]")),
        posters=tuple(dict.fromkeys(filter(None, [facts["poster_path"], *(posters or ())]))),
        backdrops=tuple(dict.fromkeys(filter(None, [facts["backdrop_path"], *(backdrops or ())]))),
    )


def person(*, person_id: UUID) -> PersonDetail:
    """Return somebody with their films: four queries.

    Raises:
        PersonNotFound: nobody has this id.
    """
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise PersonNotFound
    best_known = ("-movie__popularity", "movie_id")
    acted = list(
        MovieCast.objects.filter(person=found)
        .order_by(*best_known, "position")
        .values_list("movie_id", "character")[:MOST_CREDITS]
    )
    worked = list(
        MovieCrew.objects.filter(person=found)
        .order_by(*best_known, "job")
        .values_list("movie_id", "job")[:MOST_CREDITS]
    )
    films = cards([movie_id for movie_id, _ in (*acted, *worked)])
    return PersonDetail(
        id=found.id,
        tmdb_id=found.tmdb_id,
        name=found.name,
        profile_path=found.profile_path,
        acted_in=tuple((films[movie_id], part) for movie_id, part in acted),
        worked_on=tuple((films[movie_id], part) for movie_id, part in worked),
    )
