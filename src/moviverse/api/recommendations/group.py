"""One list for several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import GroupAnswerSerializer
from moviverse.api.recommendations.bodies import (
    GroupBody,
    MissingContext,
    MissingData,
    contexts_of,
    wish_of_body,
)
from moviverse.api.recommendations.contexts import refuse_unless_administrator
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.recommendations import services

if TYPE_CHECKING:
    from rest_framework.request import Request


class RecommendGroup(ApiView):
    scope = "recommend"

    @documented(
        summary="Recommend films to several people at once",
        description=(
            "2 to 20 people: members by `user_ids`, and people without an account by `contexts`; "
            "both may be given. Other members' tastes are their own: only an administrator may name "
            "them, anybody else names themself at the most. What one of them has seen or dismissed "
            "is left out. Everybody's scores are on one scale, 1 for the best film for them and 0 "
            "for an average one; `aggregation` makes one score of them: their `average`, that of "
            "the least pleased (`least_misery`), or that of the most pleased (`most_pleasure`)."
        ),
        request=GroupBody,
        responses=GroupAnswerSerializer,
        examples={"request": examples.GROUP, 200: examples.GROUP_ANSWER},
        errors=(
            "MISSING_DATA",
            "MISSING_CONTEXT",
            "INVALID_CONTEXT",
            "INVALID_MODEL",
            "MODEL_NOT_FOUND",
            "PERMISSION_DENIED",
        ),
    )
    def post(self, request: Request) -> Response:
        """Answer with one list, each film with what it is to each of them."""
        sent = cast("dict[str, Any]", request.data)  # the parser takes nothing else
        if not sent:
            raise MissingData
        if not sent.get("user_ids") and not sent.get("contexts"):
            raise MissingContext
        body, user = self.body(GroupBody), caller(request)
        user_ids = body.get("user_ids", [])
        if set(user_ids) - {user.pk}:
            refuse_unless_administrator(user)
        answer = services.recommend_group(
            user_ids=user_ids,
            contexts=contexts_of(body.get("contexts", [])),
            aggregation=body.get("aggregation", "average"),
            wish=wish_of_body(body),
            now=timezone.now(),
        )
        return Response(answer)
