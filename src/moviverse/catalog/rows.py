"""Films as an importer hands them over, whatever file they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class CastRow:
    name: str
    character: str = ""
    tmdb_id: int | None = None
    profile_path: str = ""


@dataclass(frozen=True, slots=True)
class CrewRow:
    name: str
    job: str
    department: str = ""
    tmdb_id: int | None = None
    profile_path: str = ""


@dataclass(frozen=True, slots=True)
class MovieRow:
    """What a source knows of a film; an empty field says nothing and erases nothing.

    `tmdb_id` None: the film is the one that `source_ids` name, or gets a local id. `title` empty:
    the row adds to a film that we hold already (a file of keywords or credits).
    """

    tmdb_id: int | None
    title: str = ""
    original_title: str = ""
    imdb_id: str = ""
    overview: str = ""
    tagline: str = ""
    released_on: date | None = None
    release_year: int | None = None  # where only the year is known
    runtime_minutes: int | None = None
    language: str = ""
    countries: tuple[str, ...] = ()
    status: str = ""
    is_adult: bool | None = None
    budget: int | None = None
    revenue: int | None = None
    homepage: str = ""
    poster_path: str = ""
    backdrop_path: str = ""
    vote_average: float | None = None
    vote_count: int | None = None
    popularity: float | None = None
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    cast: tuple[CastRow, ...] = ()
    crew: tuple[CrewRow, ...] = ()
    source_ids: tuple[tuple[str, str], ...] = field(default=())  # (source, value)


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """How many films were made, changed, found as they should be, or not held at all."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unknown: int = 0  # rows without a title for a film that we do not hold

    def __add__(self, other: UpsertReport) -> UpsertReport:
        """Return the report of both."""
        return UpsertReport(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            unknown=self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True)
class Votes:
    """The ratings of one film in a corpus: `mean` in 0.5-5.0, and how many."""

    movie_id: int
    mean: float
    count: int
