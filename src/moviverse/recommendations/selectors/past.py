"""What was recommended to a person, and what became of it.

A receipt is the impression of its films. What its viewer does with a film within a week counts for
the latest list that showed it to them, and for that list alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from moviverse.core import statements
from moviverse.recommendations.errors import ReceiptNotFound
from moviverse.recommendations.models import Feedback, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

COUNTS_FOR = timedelta(days=7)
# What a person did with some films. Feedback that names a list is about this list.
DEEDS = """
    select movie_id, type, null::float8, happened_at as at, null::uuid from library_interaction
    where user_id = %(user)s and movie_id = any(%(films)s) and happened_at >= %(since)s
        and type <> 'recommend'
    union all
    select movie_id, 'rate', value::float8, rated_at, null from library_rating
    where user_id = %(user)s and movie_id = any(%(films)s) and rated_at >= %(since)s
    union all
    select movie_id, 'watch', null, watched_at, null from library_viewing
    where user_id = %(user)s and movie_id = any(%(films)s) and watched_at >= %(since)s
    union all
    select movie_id, 'favorite', null, added_at, null from library_favorite
    where user_id = %(user)s and movie_id = any(%(films)s) and added_at >= %(since)s
    union all
    select movie_id, 'watchlist', null, added_at, null from library_watchlistitem
    where user_id = %(user)s and movie_id = any(%(films)s) and added_at >= %(since)s
    union all
    select movie_id, action, null, given_at, receipt_id from recommendations_feedback
    where user_id = %(user)s and movie_id = any(%(films)s) and given_at >= %(since)s
    order by at
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that its viewer did with a film after it was shown."""

    tmdb_id: int
    action: str
    rating: float | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt with what became of its films, each deed of a kind once, the latest last."""

    receipt: Receipt
    outcomes: Mapping[int, Sequence[Outcome]] = field(default_factory=dict)


def receipt(*, user: User, request_id: UUID) -> Receipt:
    """Return one of a person's receipts.

    Raises:
        ReceiptNotFound: there is none, or it is somebody else's.
    """
    found = Receipt.objects.filter(user=user, id=request_id).defer("behind").first()
    if found is None:
        raise ReceiptNotFound
    return found


def shown_receipt(*, user: User, request_id: UUID) -> Shown:
    """Return one of a person's receipts with what became of its films.

    Raises:
        ReceiptNotFound: there is none, or it is somebody else's.
    """
    return shown(user=user, receipts=[receipt(user=user, request_id=request_id)])[0]


def receipt_with(*, user: User, request_id: UUID, movie_id: int) -> Receipt | None:
    """Return a person's receipt if it showed them a film, without what it showed."""
    shown = Receipt.objects.filter(user=user, id=request_id, movie_ids__contains=[movie_id])
    return shown.only("id").first()


def first_page(*, user: User, request_id: UUID) -> Receipt | None:
    """Return the receipt of a list's first page, with what follows it and without its films."""
    return Receipt.objects.filter(user=user, id=request_id).defer("results", "movie_ids").first()


def receipts(
    *,
    user: User,
    model: str | None = None,
    strategy: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Receipt]:
    """Return what was recommended to a person, newest first.

    Args:
        user: Whom.
        model: Only by the model of this name.
        strategy: Only lists that went by this.
        since: Only from this moment on.
        until: Only before this moment.
    """
    wanted = {
        "model": model,
        "strategy": strategy,
        "created_at__gte": since,
        "created_at__lt": until,
    }
    chosen = {name: value for name, value in wanted.items() if value is not None}
    found = Receipt.objects.filter(user=user, **chosen).defer("behind", "history")
    return found.order_by("-created_at", "id")


def feedback(*, user: User) -> QuerySet[Feedback]:
    """Return what a person said of recommended films, the latest first."""
    return Feedback.objects.filter(user=user).order_by("-given_at", "movie_id")


def shown(*, user: User, receipts: Sequence[Receipt]) -> list[Shown]:
    """Return receipts of a person with what became of their films, with two queries."""
    if not receipts:
        return []
    films = {tmdb_id for each in receipts for tmdb_id in each.movie_ids}
    since = min(each.created_at for each in receipts)
    values = {"user": user.pk, "films": sorted(films), "since": since}
    deeds = statements.fetched(DEEDS, values)
    showings = _showings(user, {movie_id for movie_id, *_ in deeds}, since)
    credited: defaultdict[UUID, dict[tuple[int, str], Outcome]] = defaultdict(dict)
    for movie_id, action, rating, moment, named in deeds:
        request_id = named or showings.before(movie_id, moment)
        if request_id is not None:
            of_list = credited[request_id]
            of_list.pop((movie_id, action), None)  # done again: it moves to the end
            of_list[movie_id, action] = Outcome(movie_id, action, rating, moment)
    return [Shown(each, _by_film(credited.get(each.id, {}).values())) for each in receipts]


@dataclass(frozen=True, slots=True)
class _Showings:
    """When which list showed each film, the earliest first."""

    moments: Mapping[int, Sequence[datetime]]
    lists: Mapping[int, Sequence[UUID]]

    def before(self, movie_id: int, moment: datetime) -> UUID | None:
        """Return the latest list that had shown a film by then, if it is not too long ago."""
        moments = self.moments.get(movie_id, ())
        place = bisect_right(moments, moment) - 1
        if place < 0 or moment - moments[place] > COUNTS_FOR:
            return None
        return self.lists[movie_id][place]


def _showings(user: User, films: set[int], since: datetime) -> _Showings:
    moments: defaultdict[int, list[datetime]] = defaultdict(list)
    lists: defaultdict[int, list[UUID]] = defaultdict(list)
    if films:
        rows = Receipt.objects.filter(
            user=user, created_at__gte=since, movie_ids__overlap=sorted(films)
        ).order_by("created_at", "-id")
        for request_id, created_at, movie_ids in rows.values_list("id", "created_at", "movie_ids"):
            for movie_id in films.intersection(movie_ids):
                moments[movie_id].append(created_at)
                lists[movie_id].append(request_id)
    return _Showings(moments, lists)


def _by_film(outcomes: Iterable[Outcome]) -> dict[int, list[Outcome]]:
    found: defaultdict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.tmdb_id].append(outcome)
    return dict(found)
