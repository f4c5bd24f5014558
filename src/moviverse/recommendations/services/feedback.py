"""What a member says of films that were recommended to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.core import errors
from moviverse.recommendations import selectors
from moviverse.recommendations.models import Feedback

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import User


class InvalidFeedback(errors.Invalid):
    """An unknown action, or a list that did not show the film."""


def give_feedback(
    *,
    user: User,
    movie_id: int,
    action: str,
    request_id: UUID | None = None,
    now: datetime,
) -> Feedback:
    """Set what `user` says of a film, in place of what they said before.

    The next list obeys: a film that is dismissed or of which less is wanted is not shown again, and
    more or less like a film moves the taste.

    Args:
        user: Who says it.
        movie_id: Of what.
        action: `dismiss`, `less_like_this` or `more_like_this`.
        request_id: The list of theirs that showed them the film.
        now: When.

    Raises:
        InvalidFeedback: an unknown action, or no list of theirs with this film.
        MovieNotFound: the catalogue does not hold the film.
    """
    if action not in Feedback.Action.values:
        message = f"Choose one of {', '.join(Feedback.Action.values)}."
        raise InvalidFeedback(fields={"action": [message]})
    with transaction.atomic():
        if not catalog.exists(tmdb_id=movie_id):
            raise MovieNotFound
        receipt = None
        if request_id is not None:
            receipt = selectors.receipt_with(user=user, request_id=request_id, movie_id=movie_id)
            if receipt is None:
                message = "No list of yours with this id showed this film."
                raise InvalidFeedback(fields={"request_id": [message]})
        row = Feedback(user=user, movie_id=movie_id, action=action, receipt=receipt, given_at=now)
        Feedback.objects.bulk_create(  # one statement: of parallel writers one comes last
            [row],
            update_conflicts=True,
            unique_fields=["user", "movie"],
            update_fields=["action", "receipt", "given_at"],
        )
    return row


def undo_feedback(*, user: User, movie_id: int) -> bool:
    """Take back what `user` said last of a film; say whether there was anything.

    Nothing is said of the film then: an action before the last one had been replaced by it.
    """
    deleted, _ = Feedback.objects.filter(user=user, movie_id=movie_id).delete()
    return bool(deleted)
