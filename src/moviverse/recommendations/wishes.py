"""What somebody wants in a list, and what they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from moviverse.recommendations.lineup import HYBRID, KnownModel

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from moviverse.catalog.selectors import MovieCard

LIMIT = 20
MAX_LIMIT = 100
MAX_CONTEXT = 1_000  # films that one list starts from
MAX_BATCH = 1_000  # lists of one call
MAX_BATCH_FILMS = 20_000  # of all its lists: each comes with its reasons, a kilobyte in all
PICKED = 4.0  # what a film counts for that was chosen, not rated
SPARE = 20  # films behind a list, for those that left the catalogue since the training
BEHIND = 200  # films that the further pages of a personal list are taken from
# What a list goes by that is for nobody in particular, or for a genre that somebody named.
STARTS = frozenset({"popular", "preferences", "trending"})
PREPARED = "prepared"  # what a list goes by that was made ahead, since the model cannot answer

Asked = Literal["more_like_this", "less_like_this"]
# What a film counts for of which somebody wants to see more, or less.
ASKED_FOR: dict[str, float] = {"more_like_this": 5.0, "less_like_this": 0.5}


@dataclass(frozen=True)
class Wish:
    """How a list should be.

    Attributes:
        known: the model.
        limit: how many films.
        diversity: from 0, the best films, to 1, films as different as can be; None leaves it to us.
        genres: any of these groups; all genres of a group.
        year_from: no older film; a film without a year is left out, too.
        year_to: no newer film.
        exclude_seen: leave out what the history holds.
        exclude: leave out these films.
        behind: how many films to rank behind the list.
    """

    known: KnownModel = HYBRID
    limit: int = LIMIT
    diversity: float | None = None
    genres: tuple[tuple[str, ...], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    exclude_seen: bool = True
    exclude: tuple[int, ...] = ()
    behind: int = SPARE

    def parameters(self) -> dict[str, Any]:
        """Return what a receipt keeps of it, in plain JSON."""
        return {
            "model": self.known.name,
            "limit": self.limit,
            "diversity": self.diversity,
            "genre": [",".join(group) for group in self.genres],
            "year_from": self.year_from,
            "year_to": self.year_to,
            "exclude_seen": self.exclude_seen,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """What a history says of one film: a rating, or (not `rated`) that it was chosen.

    Attributes:
        rating: given, or what counts for one.
        rated: it was given.
        asked: somebody wants to see more, or less, like this film.
    """

    rating: float
    rated: bool = True
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class NamedFilm:
    tmdb_id: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A part of a score, in its units, and a sentence about what it comes from."""

    type: Literal["movie", "genre", "person", "other"] = "other"
    share: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieReason(Reason):
    type: Literal["movie", "genre", "person", "other"] = "movie"
    movie: NamedFilm


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreReason(Reason):
    type: Literal["movie", "genre", "person", "other"] = "genre"
    genre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReason(Reason):
    type: Literal["movie", "genre", "person", "other"] = "person"
    person: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A film at its place. The shares of the reasons add up to the score."""

    rank: int
    score: float
    predicted_rating: float | None
    movie: MovieCard
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A list with all that is needed to understand it later.

    Attributes:
        request_id: names the list.
        model: that made it.
        model_version: of that model.
        strategy: what it went by: a model's, one of `STARTS` where nothing is known, or `PREPARED`.
        generated_at: when; of a list that was made ahead, then.
        results: the films, best first.
        unknown: films of the history that the model does not know.
        cursor: names what follows the list, for `continue_for`; empty at its end.
    """

    request_id: UUID
    model: str
    model_version: str
    strategy: str
    generated_at: datetime
    results: tuple[Recommendation, ...]
    unknown: tuple[int, ...] = ()
    cursor: str = ""
