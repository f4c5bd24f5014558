"""Writing about films. A review's rating is the person's rating of the film: one fact, one row."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import structlog
from django.db import IntegrityError, transaction

from moviverse.accounts import selectors as accounts
from moviverse.accounts.roles import Role
from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.library import selectors
from moviverse.library.errors import AlreadyReviewed, InvalidReview, ReviewNotFound
from moviverse.library.models import LONGEST_REVIEW, Review
from moviverse.library.services import ratings

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.library.selectors import WrittenReview

MODERATORS = frozenset({Role.ADMIN, Role.MODERATOR})
LAYOUT = frozenset("\n\r\t")  # the control characters that a text may hold

log = structlog.get_logger(__name__)


def write_review(
    *, user: User, movie_id: int, rating: Decimal | float | str, text: str, now: datetime
) -> WrittenReview:
    """Review a film, and rate it so; both or neither.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
        InvalidReview: the text is empty, too long, or holds control characters.
        InvalidRating: `rating` is not 0.5 to 5.0 in half steps.
        AlreadyReviewed: there is a review of theirs; its rating stays as it was.
    """
    _refuse_wrong(text)
    with transaction.atomic():
        if not catalog.exists(tmdb_id=movie_id):
            raise MovieNotFound
        try:
            with transaction.atomic():
                review = Review.objects.create(
                    user=user, movie_id=movie_id, text=text, created_at=now, updated_at=now
                )
        except IntegrityError as error:
            raise AlreadyReviewed from error
        ratings.rate(user=user, movie_id=movie_id, value=rating, now=now)
        return selectors.review(review_id=review.id)


def edit_review(
    *,
    user: User,
    review_id: UUID,
    rating: Decimal | float | str | None = None,
    text: str | None = None,
    now: datetime,
) -> WrittenReview:
    """Change a review of one's own; what is None stays.

    Raises:
        ReviewNotFound: there is none, or it is somebody else's.
        InvalidReview: as of `write_review`.
        InvalidRating: as of `write_review`.
    """
    if text is not None:
        _refuse_wrong(text)
    with transaction.atomic():
        mine = Review.objects.select_for_update().filter(user=user, id=review_id).first()
        if mine is None:
            raise ReviewNotFound
        if text is not None:
            mine.text = text
        if rating is not None:
            ratings.rate(user=user, movie_id=mine.movie_id, value=rating, now=now)
        if text is not None or rating is not None:
            mine.updated_at = now
            mine.save(update_fields=["text", "updated_at"])
        return selectors.review(review_id=mine.id)


def delete_review(*, user: User, review_id: UUID) -> None:
    """Delete a review of one's own; a moderator or an administrator deletes any. Ratings stay.

    Raises:
        ReviewNotFound: there is none that `user` may delete.
    """
    deleted, _ = Review.objects.filter(user=user, id=review_id).delete()
    if not deleted and MODERATORS & accounts.roles(user=user):
        deleted, _ = Review.objects.filter(id=review_id).delete()
        if deleted:
            log.info("review_deleted_by_moderator", review=str(review_id), moderator=str(user.pk))
    if not deleted:
        raise ReviewNotFound


def _refuse_wrong(text: str) -> None:
    if not text.strip():
        raise InvalidReview("Write something.")
    if len(text) > LONGEST_REVIEW:
        raise InvalidReview(f"Write at most {LONGEST_REVIEW} characters.")
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in LAYOUT for each in text):
        raise InvalidReview("Write it without control characters.")
