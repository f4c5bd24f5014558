"""Reviews: everybody reads them, members write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.response import Response

from moviverse.api import caching
from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.library import examples
from moviverse.api.library.review_serializers import (
    MyReviewSerializer,
    ReviewBody,
    ReviewEditBody,
    ReviewSerializer,
    ReviewsQuery,
)
from moviverse.api.pagination import paged
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.views import ApiView
from moviverse.catalog import services as catalog
from moviverse.core import clients
from moviverse.library import selectors, services

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from moviverse.accounts.models import User

REVALIDATED = 0  # seconds: who has just written sees it, and the ETag makes asking cheap


class FilmReviews(ApiView):
    publicly_read = True

    @caching.public(REVALIDATED)
    @documented(
        summary="List the reviews of a film",
        query=ReviewsQuery,
        responses=page_of(ReviewSerializer),
        examples={200: page_example(examples.REVIEW)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with a page of reviews, the newest first unless asked otherwise."""
        order = self.query(ReviewsQuery).get("sort", "newest")
        return paged(request, selectors.reviews_of(movie_id=tmdb_id, sort=order), ReviewSerializer)

    @documented(
        summary="Review a film",
        description=(
            "Once; edit that review afterwards. It also sets my rating of the film. With an "
            "`Idempotency-Key`, sending it again gives the first answer."
        ),
        request=ReviewBody,
        responses={201: ReviewSerializer},
        examples={"request": examples.REVIEW_BODY, 201: examples.REVIEW},
        errors=("NOT_FOUND", "CONFLICT", "API_ERROR"),
    )
    @idempotent
    def post(self, request: Request, tmdb_id: int) -> Response:
        """Answer with the review."""
        user, told, now = caller(request), self.body(ReviewBody), timezone.now()
        review = catalog.with_film(
            lambda: services.write_review(user=user, movie_id=tmdb_id, **told, now=now),
            tmdb_id=tmdb_id,
            asker=clients.address(request),
            now=now,
        )
        return Response(ReviewSerializer(review).data, status=201)


class Review(ApiView):
    @documented(
        summary="Write a review of mine anew",
        request=ReviewBody,
        responses=ReviewSerializer,
        examples={"request": examples.REVIEW_BODY, 200: examples.REVIEW},
        errors=("NOT_FOUND",),
    )
    def put(self, request: Request, review_id: UUID) -> Response:
        """Answer with the review as it is now."""
        return _edited(caller(request), review_id, self.body(ReviewBody))

    @documented(
        summary="Change a part of a review of mine",
        request=ReviewEditBody,
        responses=ReviewSerializer,
        examples={"request": examples.REVIEW_EDIT, 200: examples.REVIEW},
        errors=("NOT_FOUND",),
    )
    def patch(self, request: Request, review_id: UUID) -> Response:
        """Answer with the review as it is now."""
        return _edited(caller(request), review_id, self.body(ReviewEditBody))

    @documented(
        summary="Delete a review",
        description="One of my own; moderators and administrators any. The rating stays.",
        responses={204: None},
        errors=("NOT_FOUND",),
    )
    def delete(self, request: Request, review_id: UUID) -> Response:
        """Answer with nothing."""
        services.delete_review(user=caller(request), review_id=review_id)
        return Response(status=204)


class MyReviews(ApiView):
    @documented(
        summary="List my reviews",
        query=ReviewsQuery,
        responses=page_of(MyReviewSerializer),
        examples={200: page_example(examples.MY_REVIEW)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of my reviews, the newest first unless asked otherwise."""
        order = self.query(ReviewsQuery).get("sort", "newest")
        return paged(
            request, selectors.reviews(user=caller(request), sort=order), MyReviewSerializer
        )


def _edited(user: User, review_id: UUID, told: dict[str, Any]) -> Response:
    review = services.edit_review(user=user, review_id=review_id, **told, now=timezone.now())
    return Response(ReviewSerializer(review).data)
