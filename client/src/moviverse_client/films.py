"""Films as lists show them, and why they are recommended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class Movie:
    """A film card: what every list shows of a film."""

    tmdb_id: int
    title: str
    release_date: date | None
    release_year: int | None
    genres: tuple[str, ...]
    runtime: int | None
    vote_average: float | None
    poster_url: str


@dataclass(frozen=True)
class NamedMovie:
    """A film by its name."""

    tmdb_id: int
    title: str


@dataclass(frozen=True)
class Reason:
    """A part of a score; all shares of a film add up to it."""

    type: str
    share: float
    text: str
    movie: NamedMovie | None = None
    genre: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Recommendation:
    """A film at its place in a list of recommendations."""

    rank: int
    score: float
    predicted_rating: float | None
    movie: Movie
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Author:
    """Who wrote a review."""

    id: UUID
    username: str
    avatar_url: str


@dataclass(frozen=True)
class Review:
    """What somebody wrote about a film; of one's own reviews the author goes without saying."""

    id: UUID
    tmdb_id: int
    rating: float | None
    text: str
    created_at: datetime
    updated_at: datetime
    author: Author | None = None
    movie: Movie | None = None
