"""What a person rated, liked, saved and watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from moviverse_client.pages import Page, page_of
from moviverse_client.reading import read
from moviverse_client.transport import given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moviverse_client.transport import Transport

InteractionType = Literal["view", "select", "recommend", "rate"]
RATINGS, INTERACTIONS = "/api/user/ratings/", "/api/interactions/"


@dataclass(frozen=True)
class Rating:
    """What a person thinks of a film, 0.5 to 5.0 in half steps."""

    tmdb_id: int
    rating: float
    rated_at: datetime


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
