"""The catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from moviverse_client.films import Movie, Reason, Recommendation, Review
from moviverse_client.pages import Page, page_of
from moviverse_client.transport import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moviverse_client.transport import Transport

Sort = Literal[
    "title_asc",
    "title_desc",
    "year_asc",
    "year_desc",
    "rating_asc",
    "rating_desc",
    "popularity_asc",
    "popularity_desc",
    "added_desc",
]
Append = Literal["similar", "reviews", "recommendations"]


@dataclass(frozen=True)
class Credited:
    """Somebody who took part in a film: with a character, or with a job."""

    id: UUID
    name: str
    tmdb_id: int | None
    profile_url: str | None
    character: str = ""
    job: str = ""
    department: str = ""


@dataclass(frozen=True)
class Images:
    """Addresses of images."""

    posters: tuple[str, ...]
    backdrops: tuple[str, ...]


@dataclass(frozen=True)
class RatingsSummary:
    """What the members think of a film."""

    average: float | None
    count: int
    distribution: dict[str, int]


@dataclass(frozen=True)
class Mine:
    """What a film is to the person who asks."""

    rating: float | None
    predicted_rating: float | None
    favorite: bool
    in_watchlist: bool
    progress_seconds: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class MovieDetail(Movie):
    """All of a film; `me` is there for who is signed in."""

    imdb_id: str
    original_title: str
    overview: str
    tagline: str
    language: str
    countries: tuple[str, ...]
    status: str
    adult: bool
    budget: int | None
    revenue: int | None
    homepage: str
    vote_count: int
    popularity: float
    keywords: tuple[str, ...]
    images: Images
    videos: tuple[dict[str, Any], ...]
    cast: tuple[Credited, ...]
    crew: tuple[Credited, ...]
    added_at: datetime
    updated_at: datetime
    ratings: RatingsSummary
    similar: tuple[Movie, ...]
    recommendations: tuple[Recommendation, ...] = ()
    me: Mine | None = None


@dataclass(frozen=True)
class Genre:
    """A genre."""

    id: UUID
    tmdb_id: int | None
    name: str


@dataclass(frozen=True)
class Named:
    """Somebody, by name."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Part(Movie):
    """A film with what somebody did in it."""

    character: str = ""
    job: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody with their films, the best known first."""

    id: UUID
    tmdb_id: int | None
    name: str
    profile_url: str | None
    cast: tuple[Part, ...]
    crew: tuple[Part, ...]


@dataclass(frozen=True)
class Suggestions:
    """What the beginning of a search may become."""

    movies: tuple[Movie, ...]
    people: tuple[Named, ...]
    genres: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Neighbour(Movie):
    """A film that is about the same as another: how near it is, and why."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Trend(Movie):
    """A film that people turn to now; without a score where it fills up the list."""

    score: float | None = None
    views: int = 0
    viewers: int = 0


@dataclass(frozen=True)
class Trends:
    """What people turn to, the strongest first; `source` says whose activity made the order."""

    time_range: str
    source: str
    generated_at: datetime
    results: tuple[Trend, ...]

    def __iter__(self) -> Iterator[Trend]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


class Movies:
    """Films, people and genres: `client.movies`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        genre: str | Sequence[str] | None = None,
        year: int | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
        language: str | None = None,
        min_rating: float | None = None,
        person: str | None = None,
        keyword: str | None = None,
        sort: Sort | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Movie]:
        """Return a page of the catalogue.

        Args:
            genre: A name; several: any of them; names joined with a comma: all of them.
            year: Of the release.
            year_from: The first year.
            year_to: The last year.
            language: Of the original, ISO 639-1.
            min_rating: Of `vote_average`, 0 to 10.
            person: In cast or crew: an id or a name.
            keyword: What the film is about.
            sort: The most popular first unless told.
            page: From 1.
            page_size: At most 100; 20 unless told.
        """
        asked = given(
            genre=genre,
            year=year,
            year_from=year_from,
            year_to=year_to,
            language=language,
            min_rating=min_rating,
            person=person,
            keyword=keyword,
            sort=sort,
            page=page,
            page_size=page_size,
        )
        return page_of(self._transport, Movie, "/api/movies/", **asked)

    def trending(
        self, *, time_range: Literal["day", "week"] | None = None, limit: int | None = None
    ) -> Trends:
        """Return what people turn to now."""
        return self._transport.get(
            Trends, "/api/movies/trending/", time_range=time_range, limit=limit
        )

    def popular(self, *, page: int | None = None, page_size: int | None = None) -> Page[Movie]:
        """Return the best known films."""
        return self._chart("popular", page, page_size)

    def top_rated(self, *, page: int | None = None, page_size: int | None = None) -> Page[Movie]:
        """Return the best rated films."""
        return self._chart("top-rated", page, page_size)

    def upcoming(self, *, page: int | None = None, page_size: int | None = None) -> Page[Movie]:
        """Return films that are yet to be released, the soonest first."""
        return self._chart("upcoming", page, page_size)

    def search(
        self,
        q: str,
        *,
        genre: str | Sequence[str] | None = None,
        year: int | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Movie]:
        """Return films that words find, misspelt or not, the most relevant first."""
        asked = given(q=q, genre=genre, year=year, page=page, page_size=page_size)
        return page_of(self._transport, Movie, "/api/movies/search/", **asked)

    def suggest(self, q: str) -> Suggestions:
        """Return films, people and genres that begin so."""
        return self._transport.get(Suggestions, "/api/movies/suggest/", q=q)

    def get(self, tmdb_id: int, *, append: Sequence[Append] = ()) -> MovieDetail:
        """Return all of a film; `append` joins more to it."""
        return self._transport.get(
            MovieDetail, f"/api/movies/{tmdb_id}/", append=",".join(append) or None
        )

    def similar(
        self, tmdb_id: int, *, page: int | None = None, page_size: int | None = None
    ) -> Page[Neighbour]:
        """Return films that are about the same."""
        path = f"/api/movies/{tmdb_id}/similar/"
        return page_of(self._transport, Neighbour, path, page=page, page_size=page_size)

    def also_liked(
        self, tmdb_id: int, *, page: int | None = None, page_size: int | None = None
    ) -> Page[Recommendation]:
        """Return films that the same people like."""
        path = f"/api/movies/{tmdb_id}/recommendations/"
        return page_of(self._transport, Recommendation, path, page=page, page_size=page_size)

    def track_view(self, tmdb_id: int, *, progress_seconds: int | None = None) -> None:
        """Say that a film is being watched; nobody has to be signed in."""
        body = given(progress_seconds=progress_seconds)
        self._transport.call("POST", f"/api/movies/{tmdb_id}/track-view/", body=body)

    def reviews(
        self,
        tmdb_id: int,
        *,
        sort: Literal["newest", "highest", "lowest"] | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Review]:
        """Return what people wrote about a film."""
        path = f"/api/movies/{tmdb_id}/reviews/"
        asked = given(sort=sort, page=page, page_size=page_size)
        return page_of(self._transport, Review, path, **asked)

    def genres(self) -> Page[Genre]:
        """Return the genres by name."""
        return page_of(self._transport, Genre, "/api/genres/", page_size=100)

    def person(self, person_id: UUID | str) -> Person:
        """Return somebody with their films."""
        return self._transport.get(Person, f"/api/people/{person_id}/")

    def _chart(self, name: str, page: int | None, page_size: int | None) -> Page[Movie]:
        path = f"/api/movies/{name}/"
        return page_of(self._transport, Movie, path, page=page, page_size=page_size)
