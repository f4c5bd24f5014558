"""A person's ratings, and what else they do with films. Everybody sees their own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.library import examples
from moviverse.api.library.serializers import (
    MAX_BATCH,
    InteractionBody,
    InteractionsBody,
    InteractionSerializer,
    InteractionsPageSerializer,
    InteractionsQuery,
    RatingBody,
    RatingSerializer,
    RatingsQuery,
    RecordedSerializer,
)
from moviverse.api.pagination import paged
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.views import ApiView
from moviverse.catalog import services as catalog
from moviverse.core import clients
from moviverse.library import selectors, services

if TYPE_CHECKING:
    from rest_framework.request import Request

ONCE = "With an `Idempotency-Key`, sending it again has no second effect."


class Ratings(ApiView):
    @documented(
        summary="List my ratings",
        query=RatingsQuery,
        responses=page_of(RatingSerializer),
        examples={200: page_example(examples.RATING)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of ratings, the newest first unless asked otherwise."""
        query = self.query(RatingsQuery)
        order = {"sort": query["sort"]} if "sort" in query else {}
        return paged(request, selectors.ratings(user=caller(request), **order), RatingSerializer)


class Rating(ApiView):
    @documented(
        summary="Show my rating of a film",
        responses=RatingSerializer,
        examples={200: examples.RATING},
        errors=("NOT_FOUND",),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with the rating; of a film that the person has not rated there is none."""
        found = selectors.rating(user=caller(request), movie_id=tmdb_id)
        return Response(RatingSerializer(found).data)

    @documented(
        summary="Rate a film",
        description=(
            "Takes the place of my earlier rating of it, if there is one: 200 either way. It "
            "counts in the next recommendations."
        ),
        request=RatingBody,
        responses=RatingSerializer,
        examples={"request": examples.RATING_BODY, 200: examples.RATING},
        errors=("NOT_FOUND", "API_ERROR"),
    )
    def put(self, request: Request, tmdb_id: int) -> Response:
        """Answer with the rating as it is now."""
        user, value, now = caller(request), self.body(RatingBody)["rating"], timezone.now()
        rated = catalog.with_film(
            lambda: services.rate(user=user, movie_id=tmdb_id, value=value, now=now),
            tmdb_id=tmdb_id,
            asker=clients.address(request),
            now=now,
        )
        return Response(RatingSerializer(rated).data)

    @documented(
        summary="Take my rating of a film back",
        responses={204: None},
        errors=("NOT_FOUND",),
    )
    def delete(self, request: Request, tmdb_id: int) -> Response:
        """Answer with nothing."""
        services.unrate(user=caller(request), movie_id=tmdb_id)
        return Response(status=204)


class Interactions(ApiView):
    @documented(
        summary="List what I did with films",
        description="The newest first. Ratings are told as interactions of type `rate`.",
        query=InteractionsQuery,
        responses=InteractionsPageSerializer,
        examples={200: examples.INTERACTIONS},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of interactions."""
        query = self.query(InteractionsQuery)
        story = selectors.interactions(
            user=caller(request), type=query.get("type"), since=query.get("since")
        )
        page = paged(request, story, InteractionSerializer)
        page.data = {"interactions": page.data.pop("results"), **page.data}
        return page

    @documented(
        summary="Record what I did with a film",
        description=f"A `rate` sets my rating: it is the same fact. {ONCE}",
        request=InteractionBody,
        responses={201: InteractionSerializer},
        examples={"request": examples.RATE, 201: examples.RATED},
        errors=("NOT_FOUND", "CONFLICT", "API_ERROR"),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the interaction."""
        user, told, now = caller(request), self.body(InteractionBody), timezone.now()
        event = catalog.with_film(
            lambda: services.record(user=user, **told, now=now),
            tmdb_id=told["movie_id"],
            asker=clients.address(request),
            now=now,
        )
        return Response(InteractionSerializer(event).data, status=201)


class InteractionsBatch(ApiView):
    @documented(
        summary="Record many interactions, all or none",
        description=(
            f"1 to {MAX_BATCH}, in their order. If any is not valid nothing is recorded, and "
            f"`details` names each wrong field, such as `interactions.3.movie_id`. {ONCE}"
        ),
        request=InteractionsBody,
        responses={201: RecordedSerializer},
        examples={"request": examples.BATCH, 201: examples.RECORDED},
        errors=("CONFLICT",),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the interactions in the order in which they were sent."""
        events = services.record_batch(
            user=caller(request),
            events=self.body(InteractionsBody)["interactions"],
            now=timezone.now(),
        )
        recorded = InteractionSerializer(events, many=True).data
        return Response({"interactions": recorded, "count": len(recorded)}, status=201)
