"""What The Movie Database tells, once each field of it was checked.

An empty text, an empty tuple or None means that it says nothing, or nothing that can be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime

TrendWindow = Literal["day", "week"]
ImageKind = Literal["backdrop", "logo", "poster"]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Genre:
    tmdb_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Keyword:
    tmdb_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Collection:
    """The series that a film is a part of."""

    tmdb_id: int
    name: str
    poster_path: str
    backdrop_path: str


@dataclass(frozen=True, slots=True)
class CastCredit:
    tmdb_id: int  # the person's
    name: str
    character: str
    position: int  # 0 is the first of the cast; no two are the same
    profile_path: str


@dataclass(frozen=True, slots=True)
class CrewCredit:
    """What a person did for a film; a person has a row for each job, and never two for one."""

    tmdb_id: int  # the person's
    name: str
    job: str
    department: str
    profile_path: str


@dataclass(frozen=True, slots=True)
class Video:
    key: str  # at the site, such as a video's id on YouTube
    site: str
    name: str
    kind: str  # Trailer, Teaser, Clip, ...
    language: str
    size: int | None  # lines of the picture
    is_official: bool
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Image:
    kind: ImageKind
    path: str
    width: int | None
    height: int | None
    language: str  # empty: nothing is written on it


@dataclass(frozen=True, slots=True)
class Card:
    """A film as lists give it."""

    tmdb_id: int
    title: str
    original_title: str
    original_language: str
    overview: str
    released_on: date | None
    genre_ids: tuple[int, ...]
    vote_average: float | None  # 0-10
    vote_count: int | None
    popularity: float | None
    is_adult: bool | None
    poster_path: str
    backdrop_path: str


@dataclass(frozen=True, slots=True)
class Film:
    """A film with all that belongs to it."""

    tmdb_id: int
    imdb_id: str
    title: str
    original_title: str
    original_language: str
    overview: str
    tagline: str
    released_on: date | None
    runtime_minutes: int | None
    genres: tuple[Genre, ...]
    vote_average: float | None  # 0-10
    vote_count: int | None
    popularity: float | None
    is_adult: bool | None
    poster_path: str
    backdrop_path: str
    homepage: str  # http or https
    status: str
    budget: int | None
    revenue: int | None
    spoken_languages: tuple[str, ...]  # ISO 639-1
    countries: tuple[str, ...]  # ISO 3166-1
    collection: Collection | None
    cast: tuple[CastCredit, ...]
    crew: tuple[CrewCredit, ...]
    keywords: tuple[Keyword, ...]
    videos: tuple[Video, ...]
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom a search found."""

    tmdb_id: int
    name: str
    known_for: str  # a department, such as Acting
    popularity: float | None
    profile_path: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Result]):
    """One page of a list; the first is 1, the last that TMDb hands out is 500."""

    page: int
    total_pages: int
    total_results: int
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of what a search found; the pages count both kinds together, and series too."""

    page: int
    total_pages: int
    total_results: int
    films: tuple[Card, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of the films that were changed in some days."""

    page: int
    total_pages: int
    total_results: int
    tmdb_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where images lie, and in which widths."""

    image_url: str  # https, with a slash at its end
    poster_sizes: tuple[str, ...]
    backdrop_sizes: tuple[str, ...]
    profile_sizes: tuple[str, ...]
