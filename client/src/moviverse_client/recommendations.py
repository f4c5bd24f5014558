"""Recommendations: personal, for a set of films, for a group; and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from moviverse_client.films import Movie, Reason, Recommendation
from moviverse_client.pages import Page, page_of
from moviverse_client.reading import read
from moviverse_client.transport import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moviverse_client.transport import Transport

Action = Literal["dismiss", "less_like_this", "more_like_this", "undo"]
Strategy = Literal["hybrid", "content", "collab"]


@dataclass(frozen=True)
class Recommendations:
    """A list of recommendations; iterate over it for the films, best first."""

    request_id: UUID
    model: str
    model_version: str
    strategy: str
    generated_at: datetime
    results: tuple[Recommendation, ...]
    unknown: tuple[int, ...] = ()
    next: str | None = None
    understood: Movie | None = None
    candidates: tuple[Movie, ...] = ()

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, place: int) -> Recommendation:
        return self.results[place]


@dataclass(frozen=True)
class Model:
    """A model and how it stands on the server."""

    name: str
    type: str
    description: str
    status: str
    version: str | None
    trained_at: datetime | None
    metrics: dict[str, Any] | None


@dataclass(frozen=True)
class Models:
    """Every model."""

    models: tuple[Model, ...]


@dataclass(frozen=True)
class Batch:
    """Lists in the order in which they were asked for."""

    results: tuple[Recommendations, ...]


@dataclass(frozen=True)
class Said:
    """A film of the history that a list was made from."""

    movie_id: int
    rating: float


@dataclass(frozen=True)
class Outcome:
    """What somebody did with a film after it was shown to them."""

    action: str
    rating: float | None
    happened_at: datetime


@dataclass(frozen=True)
class ShownMovie:
    """A film as it was shown, and what became of it."""

    rank: int
    tmdb_id: int
    title: str
    score: float
    predicted_rating: float | None
    reasons: tuple[Reason, ...]
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Receipt:
    """A list as it was shown, and what it was made from."""

    request_id: UUID
    model: str
    model_version: str
    strategy: str
    generated_at: datetime
    results: tuple[ShownMovie, ...]
    parameters: dict[str, Any] | None = None
    history: tuple[Said, ...] = ()


class Recommender:
    """What to watch: `client.recommendations`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def mine(
        self,
        *,
        limit: int | None = None,
        strategy: Strategy | None = None,
        model: str | None = None,
        diversity: float | None = None,
        genre: str | Sequence[str] | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
        exclude_seen: bool | None = None,
    ) -> Recommendations:
        """Return films for who is signed in, from all that they did until this moment.

        Args:
            limit: At most 100; 20 unless told.
            strategy: `hybrid` unless told.
            model: By its name; see `models`.
            diversity: 0: the best films; 1: as different as can be.
            genre: A name; several: any of them; names joined with a comma: all of them.
            year_from: The first year.
            year_to: The last year.
            exclude_seen: Leave out what the person knows already: so it is unless told.
        """
        seen = None if exclude_seen is None else str(exclude_seen).lower()
        return self._transport.get(
            Recommendations,
            "/api/movies/recommendations/",
            limit=limit,
            strategy=strategy,
            model=model,
            diversity=diversity,
            genre=genre,
            year_from=year_from,
            year_to=year_to,
            exclude_seen=seen,
        )

    def more(self, answer: Recommendations) -> Recommendations | None:
        """Return the films after those of an answer, none of them twice; None at its end."""
        if answer.next is None:
            return None
        parts = urlsplit(answer.next)  # of the address only what lies on this site
        said = self._transport.call("GET", parts.path, query=parse_qs(parts.query))
        return read(Recommendations, said)

    def feedback(self, movie_id: int, action: Action, *, request_id: UUID | None = None) -> None:
        """Say what one thinks of a recommended film; the next list knows of it.

        Args:
            movie_id: The film.
            action: `dismiss` hides it, `less_like_this` and `more_like_this` move the taste,
                `undo` takes the last one back.
            request_id: Of the list that it stood in.
        """
        body = given(movie_id=movie_id, action=action, request_id=request_id and str(request_id))
        path = "/api/user/recommendations/feedback/"
        self._transport.call("POST", path, body=body, creates=True)

    def for_movies(
        self,
        context: Sequence[int] | Mapping[int, float],
        *,
        model: str = "Hybrid",
        limit: int | None = None,
        diversity: float | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> Recommendations:
        """Return films that go with a set of films; nobody has to be signed in.

        Args:
            context: Ids of films, or of each the rating.
            model: By its name; see `models`.
            limit: At most 100; 20 unless told.
            diversity: 0: the best films; 1: as different as can be.
            filters: `genre`, `year_from`, `year_to`, `exclude`.
        """
        body = given(
            context=_context(context),
            model=model,
            limit=limit,
            diversity=diversity,
            filters=filters,
        )
        return read(Recommendations, self._transport.call("POST", "/api/recommend/", body=body))

    def for_many(
        self,
        contexts: Sequence[Sequence[int] | Mapping[int, float]],
        *,
        model: str = "Hybrid",
        limit: int | None = None,
    ) -> tuple[Recommendations, ...]:
        """Return a list for each of up to 1 000 contexts, in their order."""
        body = given(contexts=[_context(each) for each in contexts], model=model, limit=limit)
        said = self._transport.call("POST", "/api/recommend/batch/", body=body)
        return read(Batch, said).results

    def like(self, title: str, *, limit: int | None = None) -> Recommendations:
        """Return films like one given by its title; `understood` says which one was meant."""
        return self._transport.get(Recommendations, "/api/recommend/", title=title, limit=limit)

    def receipt(self, request_id: UUID | str) -> Receipt:
        """Return a list as it was shown, by the `request_id` of its answer."""
        return self._transport.get(Receipt, f"/api/recommendations/{request_id}/")

    def history(self, *, page: int | None = None, page_size: int | None = None) -> Page[Receipt]:
        """Return what was recommended before, and what became of it, newest first."""
        path = "/api/user/recommendations/history/"
        return page_of(self._transport, Receipt, path, page=page, page_size=page_size)

    def models(self) -> tuple[Model, ...]:
        """Return every model and how it stands."""
        return self._transport.get(Models, "/api/models/").models


def _context(films: Sequence[int] | Mapping[int, float]) -> list[Any]:
    if isinstance(films, Mapping):
        return [{"movie_id": movie_id, "rating": rating} for movie_id, rating in films.items()]
    return list(films)
