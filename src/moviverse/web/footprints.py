"""What a page remembers by itself: a film was looked at, picked from a list, shown in one.

A page must never fail because of it, and a reload is not a second visit.
"""

from __future__ import annotations

import hashlib
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError

from moviverse.core import counting, errors
from moviverse.library import services as library
from moviverse.recommendations import receipts
from moviverse.recommendations import selectors as recommendations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from moviverse.accounts.models import User

QUIET_SECONDS = 1_800  # in which the same thing counts once
VIEW, SELECT, SHOWN = "view", "select", "recommend"

log = structlog.get_logger(__name__)


def viewed(request: HttpRequest, *, movie_id: int, now: datetime) -> None:
    """Remember that a member looks at a film's page."""
    _leave(request, [movie_id], VIEW, now=now)


def shown(request: HttpRequest, *, movie_ids: Sequence[int], now: datetime) -> None:
    """Remember that a member was shown a list that was made for them."""
    _leave(request, movie_ids, SHOWN, now=now)


def picked(request: HttpRequest, *, movie_id: int, now: datetime) -> None:
    """Remember that a member followed a link of a list that was made for them.

    A pick speaks of a person's taste, so an address that somebody else made up must not count as
    one: the list has to be the member's own, and to hold the film.
    """
    user = request.user
    try:
        request_id = uuid.UUID(request.GET.get("from", ""))
    except ValueError:
        return
    if not user.is_authenticated:
        return
    with _optional(SELECT):
        receipt = recommendations.receipt(user=user, request_id=request_id)
        if any(film["tmdb_id"] == movie_id for film in receipts.films(receipt)):
            _leave(request, [movie_id], SELECT, now=now)


def _leave(request: HttpRequest, movie_ids: Sequence[int], kind: str, *, now: datetime) -> None:
    user = request.user
    # A browser that loads ahead is not a person who looks.
    if not movie_ids or not user.is_authenticated or "Sec-Purpose" in request.headers:
        return
    with _optional(kind):
        if _is_new(user, movie_ids, kind, now=now):
            events = [library.NewEvent(movie_id=movie_id, type=kind) for movie_id in movie_ids]
            library.record_batch(user=user, events=events, now=now)


@contextmanager
def _optional(kind: str) -> Iterator[None]:
    try:
        yield
    except errors.NotFound:  # a list that is not theirs, a film that was taken away meanwhile
        return
    except (errors.MoviverseError, DatabaseError):
        log.warning("footprint_lost", type=kind, exc_info=True)


def _is_new(user: User, movie_ids: Sequence[int], kind: str, *, now: datetime) -> bool:
    what = hashlib.sha256(f"{user.pk} {kind} {sorted(movie_ids)}".encode()).hexdigest()
    times, _ = counting.count(f"footprint:{what}", window_seconds=QUIET_SECONDS, now=now)
    return times == 1
