"""Writing what was settled: one statement a table, and no row twice whoever else writes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem
from moviverse.transfer import settling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moviverse.accounts.models import User
    from moviverse.transfer.holdings import Holdings
    from moviverse.transfer.models import ImportRow
    from moviverse.transfer.settling import Change

Made: TypeAlias = "tuple[ImportRow, Change]"
MODELS: Mapping[str, Any] = {
    settling.VIEWING: Viewing,
    settling.WATCHLIST: WatchlistItem,
    settling.FAVORITE: Favorite,
    settling.REVIEW: Review,
}


def write(*, user: User, made: Iterable[Made], holdings: Holdings) -> None:
    """Write changes that `settled` returned.

    Where somebody was faster since `holdings` were read, what they wrote stays, and the change
    will not be found when it is to be taken back.
    """
    of = _by_kind(made)
    ratings = of.pop(settling.RATING, [])
    first = {row.movie_id: change["before"] for row, change in reversed(ratings)}
    added = [movie_id for movie_id, before in first.items() if before is None]
    changed = [movie_id for movie_id, before in first.items() if before is not None]
    Rating.objects.bulk_create(_ratings(user, added, holdings), ignore_conflicts=True)
    _set_ratings(user, changed, holdings)
    for kind, changes in of.items():
        rows = [_row(kind, user, row, change["after"]) for row, change in changes]
        MODELS[kind].objects.bulk_create(rows, ignore_conflicts=True)


def take_back(*, user: User, made: Iterable[Made], holdings: Holdings) -> None:
    """Write that changes were taken back, of which `taken_back` said that they can be."""
    of = _by_kind(made)
    ratings = of.pop(settling.RATING, [])
    films = {row.movie_id for row, _ in ratings if row.movie_id is not None}
    _set_ratings(user, films & holdings.ratings.keys(), holdings)
    gone = films - holdings.ratings.keys()
    if gone:
        Rating.objects.filter(user=user, movie_id__in=gone).delete()
    for kind, changes in of.items():
        ids = [change["after"]["id"] for _, change in changes]
        MODELS[kind].objects.filter(user=user, id__in=ids).delete()


def _by_kind(made: Iterable[Made]) -> dict[str, list[Made]]:
    of: dict[str, list[Made]] = defaultdict(list)
    for row, change in made:
        of[change["of"]].append((row, change))
    return of


def _ratings(user: User, movie_ids: Iterable[Any], holdings: Holdings) -> list[Rating]:
    return [
        Rating(
            user=user,
            movie_id=movie_id,
            value=holdings.ratings[movie_id].value,
            rated_at=holdings.ratings[movie_id].rated_at,
        )
        for movie_id in sorted(movie_ids)
    ]


def _set_ratings(user: User, movie_ids: Iterable[Any], holdings: Holdings) -> None:
    # Of rows that are locked, or that were there a moment ago.
    Rating.objects.bulk_create(
        _ratings(user, movie_ids, holdings),
        update_conflicts=True,
        unique_fields=["user", "movie"],
        update_fields=["value", "rated_at"],
    )


def _row(kind: str, user: User, row: ImportRow, after: Mapping[str, Any]) -> Any:
    at = datetime.fromisoformat(after["at"])
    told: dict[str, Any]
    if kind == settling.VIEWING:
        told = {
            "progress_seconds": after["progress_seconds"],
            "is_finished": after["is_finished"],
            "started_at": at,
            "watched_at": at,
        }
    elif kind == settling.REVIEW:
        told = {"text": row.text, "created_at": at, "updated_at": at}
    else:
        told = {"added_at": at}
    return MODELS[kind](id=after["id"], user=user, movie_id=row.movie_id, **told)
