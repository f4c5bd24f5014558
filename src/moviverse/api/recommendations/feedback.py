"""What a member says of the films in their lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.pagination import paged
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import FeedbackSerializer, GivenFeedbackSerializer
from moviverse.api.recommendations.bodies import UNDO, FeedbackBody
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.recommendations import selectors, services

if TYPE_CHECKING:
    from rest_framework.request import Request


class GivenList(serializers.ListSerializer[Any]):
    """Reads the cards of a whole page at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """Return what was said, each with its film."""
        cards = catalog.cards([each.movie_id for each in data])
        return [
            {**FeedbackSerializer(each).data, "movie": cards[each.movie_id]}
            for each in data
            if each.movie_id in cards
        ]


class Given(GivenFeedbackSerializer):
    class Meta:
        list_serializer_class = GivenList


class Feedback(ApiView):
    @documented(
        summary="List what I said of recommended films",
        query=PageQuery,
        responses=page_of(GivenFeedbackSerializer),
        examples={200: page_example(examples.FEEDBACK_LISTED)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of it, the latest first."""
        self.query(PageQuery)
        return paged(request, selectors.feedback(user=caller(request)), Given)

    @documented(
        summary="Say what I think of a recommended film",
        description=(
            "It takes effect in the next list. `dismiss` hides the film. `more_like_this` and "
            "`less_like_this` count for a rating of 5.0 or 0.5 and move films that are about the "
            "same; the film itself has been reacted to, and is not shown again. Of a film the last "
            "action holds, and `undo` takes it back. A later rating of the film takes its place."
        ),
        request=FeedbackBody,
        responses=FeedbackSerializer,
        examples={"request": examples.FEEDBACK, 200: examples.FEEDBACK_GIVEN},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with what holds now."""
        said, user = self.body(FeedbackBody), caller(request)
        if said["action"] == UNDO:
            services.undo_feedback(user=user, movie_id=said["movie_id"])
            return Response(
                {
                    "tmdb_id": said["movie_id"],
                    "action": None,
                    "request_id": None,
                    "given_at": None,
                }
            )
        given = services.give_feedback(user=user, **said, now=timezone.now())
        return Response(FeedbackSerializer(given).data)
