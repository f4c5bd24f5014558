"""Where a list goes on: signed, for one person, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.signing import BadSignature, Signer

from moviverse.core import errors

if TYPE_CHECKING:
    from datetime import datetime

SALT = "moviverse.recommendations.cursor"
SEPARATOR = "."  # of the signature; needs no escape in a URL
LIVES = timedelta(days=1)


class CursorRefused(errors.Invalid):
    """A cursor was not made here, or not for this person, or is too old, or its list is gone."""

    def __init__(self) -> None:
        message = "This list cannot be carried on. Ask for a new one."
        super().__init__(fields={"cursor": [message]})


@dataclass(frozen=True, slots=True)
class Place:
    """A place behind the films of a list that were shown.

    Attributes:
        first: the receipt of the list's first page, which knows what follows.
        skipped: how many of the films that follow it are behind us.
        rank: of the next film to be shown.
    """

    first: UUID
    skipped: int
    rank: int


def issue(place: Place, *, user_id: UUID, now: datetime) -> str:
    """Return the cursor of a place in a person's list."""
    told = (place.first.hex, place.skipped, place.rank, int(now.timestamp()))
    return _signer(user_id).sign_object(told)


def read(cursor: str, *, user_id: UUID, now: datetime) -> Place:
    """Return the place that a cursor names.

    Raises:
        CursorRefused: we did not make it for this person within the last day.
    """
    try:
        first, skipped, rank, issued_at = _signer(user_id).unsign_object(cursor)
    except BadSignature as error:
        raise CursorRefused from error
    if now.timestamp() - issued_at > LIVES.total_seconds():
        raise CursorRefused
    return Place(UUID(hex=first), skipped, rank)


def _signer(user_id: UUID) -> Signer:
    # The person is part of the key: somebody else's cursor is a forgery.
    return Signer(salt=f"{SALT}:{user_id}", sep=SEPARATOR)
