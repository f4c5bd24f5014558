"""What was recommended to a person, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from moviverse.library.models import Interaction, Rating
from moviverse.recommendations.errors import ReceiptNotFound
from moviverse.recommendations.models import Feedback, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.accounts.models import User


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a film that was shown: the last thing that its viewer did with it."""

    tmdb_id: int
    action: str
    rating: float | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt with what became of its films."""

    receipt: Receipt
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)


def receipt(*, user: User, request_id: UUID) -> Receipt:
    """Return one of a person's receipts.

    Raises:
        ReceiptNotFound: there is none, or it is somebody else's.
    """
    found = Receipt.objects.filter(user=user, id=request_id).defer("behind").first()
    if found is None:
        raise ReceiptNotFound
    return found


def receipt_with(*, user: User, request_id: UUID, movie_id: int) -> Receipt | None:
    """Return a person's receipt if it showed them a film, without what it showed."""
    shown = Receipt.objects.filter(user=user, id=request_id, movie_ids__contains=[movie_id])
    return shown.only("id").first()


def first_page(*, user: User, request_id: UUID) -> Receipt | None:
    """Return the receipt of a list's first page, with what follows it and without its films."""
    return Receipt.objects.filter(user=user, id=request_id).defer("results", "movie_ids").first()


def receipts(*, user: User) -> QuerySet[Receipt]:
    """Return what was recommended to a person, newest first."""
    found = Receipt.objects.filter(user=user).defer("behind", "history")
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
    done = Interaction.objects.filter(user=user, movie_id__in=films, happened_at__gte=since)
    rated = Rating.objects.filter(user=user, movie_id__in=films, rated_at__gte=since)
    story = [
        *(
            Outcome(movie_id, action, None, moment)
            for movie_id, action, moment in done.exclude(
                type=Interaction.Type.RECOMMEND
            ).values_list("movie_id", "type", "happened_at")
        ),
        *(
            Outcome(movie_id, "rate", float(value), moment)
            for movie_id, value, moment in rated.values_list("movie_id", "value", "rated_at")
        ),
    ]
    actions: defaultdict[int, list[Outcome]] = defaultdict(list)
    for outcome in sorted(story, key=attrgetter("happened_at")):
        actions[outcome.tmdb_id].append(outcome)
    return [Shown(each, _after(each, actions)) for each in receipts]


def _after(receipt: Receipt, actions: Mapping[int, Iterable[Outcome]]) -> dict[int, Outcome]:
    return {
        tmdb_id: outcome
        for tmdb_id in receipt.movie_ids
        for outcome in actions.get(tmdb_id, ())
        if outcome.happened_at >= receipt.created_at
    }
