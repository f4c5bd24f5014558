"""Reading what was recommended, what is known of a taste, and which models there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from moviverse.accounts.models import Profile, User
from moviverse.library import selectors as library
from moviverse.library.models import Interaction, Rating
from moviverse.recommendations.errors import ReceiptNotFound
from moviverse.recommendations.lineup import HYBRID, LINEUP
from moviverse.recommendations.models import Receipt
from moviverse.recommendations.wishes import Told
from moviverse_engine import EngineError, artifact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.recommendations.lineup import KnownModel


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and how it stands here.

    Attributes:
        status: "ready", "not trained" or "damaged".
    """

    name: str
    type: Literal["neural", "non-neural"]
    description: str
    status: str
    version: str | None = None
    trained_at: datetime | None = None
    metrics: Mapping[str, Any] | None = None


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


def models() -> list[ModelState]:
    """Return every model that we know by name, with its active version."""
    return [_state(known) for known in LINEUP]


def is_ready() -> bool:
    """Say whether the model that answers by default is trained."""
    return artifact.active(settings.MODELS_DIR, HYBRID.name) is not None


def is_learnt_from_synthetic_viewers() -> bool:
    """Say whether tastes and votes here come from the demo's viewers, whom nobody ever was."""
    try:
        found = artifact.open(settings.MODELS_DIR, HYBRID.name, verify=False)
    except EngineError:
        return False
    return bool(found.manifest.get("data", {}).get("synthetic"))


def history(*, user: User) -> dict[int, Told]:
    """Return what a person said of films, the oldest first: one query."""
    return {
        movie_id: Told(rating, rated=rated)
        for movie_id, rating, rated in library.history(user=user)
    }


def members(*, user_ids: Sequence[UUID]) -> dict[UUID, User]:
    """Return the members with these ids, by their id."""
    return User.objects.in_bulk(user_ids)


def preferred_genres(*, user: User) -> Sequence[str]:
    """Return the genres that somebody named; none when they named none."""
    found = Profile.objects.filter(user=user).values_list("preferred_genres", flat=True).first()
    return found or ()


def receipt(*, user: User, request_id: UUID) -> Receipt:
    """Return one of a person's receipts.

    Raises:
        ReceiptNotFound: there is none, or it is somebody else's.
    """
    found = Receipt.objects.filter(user=user, id=request_id).first()
    if found is None:
        raise ReceiptNotFound
    return found


def receipts(*, user: User) -> QuerySet[Receipt]:
    """Return what was recommended to a person, newest first."""
    return Receipt.objects.filter(user=user).order_by("-created_at", "id")


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


def _state(known: KnownModel) -> ModelState:
    kind: Literal["neural", "non-neural"] = "neural" if known.is_neural else "non-neural"
    try:
        found = artifact.open(settings.MODELS_DIR, known.name, verify=False)
    except artifact.ArtifactNotFound:
        return ModelState(known.name, kind, known.description, "not trained")
    except EngineError:
        return ModelState(known.name, kind, known.description, "damaged")
    return ModelState(
        known.name,
        kind,
        known.description,
        "ready",
        version=found.version,
        trained_at=datetime.fromisoformat(found.manifest["created_at"]),
        metrics=found.manifest.get("metrics"),
    )
