"""What a person rated, liked, saved and watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from moviverse_client.films import Movie, Review
from moviverse_client.pages import Page, page_of
from moviverse_client.reading import read
from moviverse_client.transport import given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moviverse_client.transport import Transport

InteractionType = Literal["view", "select", "recommend", "rate"]
RATINGS, INTERACTIONS = "/api/user/ratings/", "/api/interactions/"
FAVORITES, WATCHLIST = "/api/user/favorites/", "/api/user/watchlist/"
HISTORY, REVIEWS = "/api/user/history/", "/api/reviews/"


@dataclass(frozen=True)
class Rating:
    """What a person thinks of a film, 0.5 to 5.0 in half steps."""

    tmdb_id: int
    rating: float
    rated_at: datetime


@dataclass(frozen=True)
class Saved:
    """A film among the favourites or on the watchlist."""

    id: UUID
    tmdb_id: int
    title: str
    poster_url: str
    in_catalog: bool
    added_at: datetime
    movie: Movie


@dataclass(frozen=True)
class Viewing:
    """A film that was begun; `watched` from 90 % of its running time on."""

    id: UUID
    tmdb_id: int
    progress_seconds: int | None
    watched: bool
    started_at: datetime
    watched_at: datetime
    movie: Movie


@dataclass(frozen=True)
class Interaction:
    """Something that a person did with a film."""

    id: UUID
    movie_id: int
    interaction_type: str
    rating: float | None
    happened_at: datetime


@dataclass(frozen=True)
class Recorded:
    """Interactions in the order in which they were sent."""

    interactions: tuple[Interaction, ...]


class Library:
    """One's own library: `client.library`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def rate(self, tmdb_id: int, rating: float) -> Rating:
        """Rate a film, 0.5 to 5.0 in half steps; the next recommendations know of it."""
        said = self._transport.call("PUT", f"{RATINGS}{tmdb_id}/", body={"rating": rating})
        return read(Rating, said)

    def unrate(self, tmdb_id: int) -> None:
        """Take the rating of a film back."""
        self._transport.call("DELETE", f"{RATINGS}{tmdb_id}/")

    def rating(self, tmdb_id: int) -> Rating:
        """Return the rating of a film."""
        return self._transport.get(Rating, f"{RATINGS}{tmdb_id}/")

    def ratings(
        self, *, sort: str | None = None, page: int | None = None, page_size: int | None = None
    ) -> Page[Rating]:
        """Return a page of ratings, the newest first unless `sort` says otherwise."""
        return page_of(self._transport, Rating, RATINGS, sort=sort, page=page, page_size=page_size)

    def favorites(self, *, page: int | None = None, page_size: int | None = None) -> Page[Saved]:
        """Return a page of the favourites."""
        return page_of(self._transport, Saved, FAVORITES, page=page, page_size=page_size)

    def add_favorite(
        self, tmdb_id: int, *, title: str | None = None, poster_url: str | None = None
    ) -> Saved:
        """Make a film a favourite; twice is once. The rest is for films that the site lacks."""
        return self._save(FAVORITES, tmdb_id, title, poster_url)

    def remove_favorite(self, which: int | UUID) -> None:
        """Let a favourite go, by its film or by its row."""
        self._transport.call("DELETE", f"{FAVORITES}{which}/")

    def watchlist(self, *, page: int | None = None, page_size: int | None = None) -> Page[Saved]:
        """Return a page of the watchlist."""
        return page_of(self._transport, Saved, WATCHLIST, page=page, page_size=page_size)

    def add_to_watchlist(
        self, tmdb_id: int, *, title: str | None = None, poster_url: str | None = None
    ) -> Saved:
        """Put a film on the watchlist; twice is once. The rest is for films that the site lacks."""
        return self._save(WATCHLIST, tmdb_id, title, poster_url)

    def remove_from_watchlist(self, which: int | UUID) -> None:
        """Take a film from the watchlist, by its id or by its row."""
        self._transport.call("DELETE", f"{WATCHLIST}{which}/")

    def history(self, *, page: int | None = None, page_size: int | None = None) -> Page[Viewing]:
        """Return a page of what was watched, the newest first."""
        return page_of(self._transport, Viewing, HISTORY, page=page, page_size=page_size)

    def continue_watching(
        self, *, page: int | None = None, page_size: int | None = None
    ) -> Page[Viewing]:
        """Return what was begun and not finished, the newest first."""
        path = "/api/user/continue-watching/"
        return page_of(self._transport, Viewing, path, page=page, page_size=page_size)

    def watch(
        self,
        tmdb_id: int,
        *,
        progress_seconds: int | None = None,
        watched_at: datetime | None = None,
    ) -> Viewing:
        """Note that a film was watched, to the end unless `progress_seconds` says how far."""
        body = given(tmdb_id=tmdb_id, progress_seconds=progress_seconds, watched_at=watched_at)
        return read(Viewing, self._transport.call("POST", HISTORY, body=body, creates=True))

    def correct_viewing(
        self,
        viewing_id: UUID,
        *,
        progress_seconds: int | None = None,
        watched_at: datetime | None = None,
    ) -> Viewing:
        """Change how far a film was watched, or when."""
        body = given(progress_seconds=progress_seconds, watched_at=watched_at)
        return read(Viewing, self._transport.call("PATCH", f"{HISTORY}{viewing_id}/", body=body))

    def forget_viewing(self, viewing_id: UUID) -> None:
        """Take an entry out of the history."""
        self._transport.call("DELETE", f"{HISTORY}{viewing_id}/")

    def review(self, tmdb_id: int, *, rating: float, text: str) -> Review:
        """Write about a film, once; the rating becomes its rating in the library."""
        path = f"/api/movies/{tmdb_id}/reviews/"
        body = {"rating": rating, "text": text}
        return read(Review, self._transport.call("POST", path, body=body, creates=True))

    def edit_review(
        self, review_id: UUID, *, rating: float | None = None, text: str | None = None
    ) -> Review:
        """Change a review."""
        body = given(rating=rating, text=text)
        return read(Review, self._transport.call("PATCH", f"{REVIEWS}{review_id}/", body=body))

    def delete_review(self, review_id: UUID) -> None:
        """Delete a review; the rating stays."""
        self._transport.call("DELETE", f"{REVIEWS}{review_id}/")

    def reviews(self, *, page: int | None = None, page_size: int | None = None) -> Page[Review]:
        """Return a page of one's own reviews."""
        path = "/api/user/reviews/"
        return page_of(self._transport, Review, path, page=page, page_size=page_size)

    def record(
        self, movie_id: int, interaction_type: InteractionType, *, rating: float | None = None
    ) -> Interaction:
        """Record that something was done with a film; `rate` sets its rating."""
        body = given(movie_id=movie_id, interaction_type=interaction_type, rating=rating)
        return read(
            Interaction, self._transport.call("POST", INTERACTIONS, body=body, creates=True)
        )

    def record_many(self, interactions: Sequence[Mapping[str, Any]]) -> tuple[Interaction, ...]:
        """Record up to 1 000 interactions, all or none."""
        body = {"interactions": [dict(each) for each in interactions]}
        said = self._transport.call("POST", f"{INTERACTIONS}batch/", body=body, creates=True)
        return read(Recorded, said).interactions

    def interactions(
        self,
        *,
        type: InteractionType | None = None,  # noqa: A002 - the API's name
        since: datetime | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Interaction]:
        """Return a page of what was done with films, the newest first."""
        asked = given(type=type, since=since, page=page, page_size=page_size)
        return page_of(self._transport, Interaction, INTERACTIONS, rows="interactions", **asked)

    def _save(self, path: str, tmdb_id: int, title: str | None, poster_url: str | None) -> Saved:
        body = given(tmdb_id=tmdb_id, title=title, poster_url=poster_url)
        return read(Saved, self._transport.call("POST", path, body=body, creates=True))
