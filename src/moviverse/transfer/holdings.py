"""What a person has of some films, as it is while their lines are settled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from moviverse.accounts.models import User

SavedMovies: TypeAlias = "dict[int, UUID]"  # film -> the row's id


@dataclass(frozen=True, slots=True)
class HeldRating:
    value: Decimal
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class HeldViewing:
    id: UUID
    watched_at: datetime
    is_finished: bool
    progress_seconds: int | None


@dataclass(frozen=True, slots=True)
class HeldReview:
    id: UUID
    text: str


@dataclass
class Holdings:
    """Ratings, viewings, lists and reviews by film.

    `loaded` names the films of which they are known. Settling a line changes them, so that the
    next line sees it; `effects.write` writes what has changed.
    """

    ratings: dict[int, HeldRating] = field(default_factory=dict)
    viewings: dict[int, list[HeldViewing]] = field(default_factory=lambda: defaultdict(list))
    watchlist: SavedMovies = field(default_factory=dict)
    favorites: SavedMovies = field(default_factory=dict)
    reviews: dict[int, HeldReview] = field(default_factory=dict)
    loaded: set[int] = field(default_factory=set)

    def load(self, *, user: User, movie_ids: Collection[int], is_locked: bool) -> None:
        """Read what `user` has of films that were not read yet: five queries.

        Args:
            user: Whose.
            movie_ids: Of which films.
            is_locked: Keep others from changing the rows until the transaction ends.
        """
        wanted = sorted(set(movie_ids) - self.loaded)
        if not wanted:
            return
        self.loaded.update(wanted)

        def rows(model: Any) -> Any:
            found = model.objects.filter(user=user, movie_id__in=wanted).order_by("movie_id")
            return found.select_for_update() if is_locked else found

        for rating in rows(Rating):
            self.ratings[rating.movie_id] = HeldRating(rating.value, rating.rated_at)
        for viewing in rows(Viewing):
            self.viewings[viewing.movie_id].append(
                HeldViewing(
                    viewing.id, viewing.watched_at, viewing.is_finished, viewing.progress_seconds
                )
            )
        self.watchlist.update({item.movie_id: item.id for item in rows(WatchlistItem)})
        self.favorites.update({item.movie_id: item.id for item in rows(Favorite)})
        for review in rows(Review):
            self.reviews[review.movie_id] = HeldReview(review.id, review.text)
