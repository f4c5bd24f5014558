"""A member's lists: the one of now, its receipt, and the ones before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.pagination import paged
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import (
    PastListSerializer,
    PersonalAnswerSerializer,
    ReceiptSerializer,
    answer_body,
    past_list_body,
    receipt_body,
)
from moviverse.api.recommendations.bodies import (
    CursorQuery,
    HistoryQuery,
    RecommendationsQuery,
    wish_of_query,
)
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.views import ApiView
from moviverse.recommendations import selectors, services
from moviverse.recommendations.wishes import Wish

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from moviverse.recommendations.wishes import Answer


CURSOR = "cursor"


class Recommendations(ApiView):
    scope = "recommend"

    @documented(
        summary="Recommend films to me",
        description=(
            "From everything rated and picked until this moment. Each film says why it is there, "
            "in shares of its score. Every list is kept as a receipt.\n\n"
            "`next` carries the list on: no film comes twice, and the order is that of the first "
            "page. What was rated, picked or dismissed meanwhile is left out."
        ),
        query=RecommendationsQuery,
        responses=PersonalAnswerSerializer,
        examples={200: examples.PERSONAL_ANSWER},
        errors=("VALIDATION_ERROR", "INVALID_MODEL", "MODEL_NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a list made now."""
        # Reading eight parameters takes as long as scoring; most requests have none.
        asked = request.query_params
        if CURSOR in asked:
            answer = services.continue_for(
                user=caller(request), **self.query(CursorQuery), now=timezone.now()
            )
        else:
            wish = wish_of_query(self.query(RecommendationsQuery)) if asked else Wish()
            answer = services.recommend_for(user=caller(request), wish=wish, now=timezone.now())
        return Response({**answer_body(answer), "next": _next(request, answer)})


def _next(request: Request, answer: Answer) -> str | None:
    if not answer.cursor:
        return None
    # The path as it was asked for: a client of /api/v1/ stays there.
    address = f"{request.build_absolute_uri(request.path)}?{CURSOR}={answer.cursor}"
    limit = request.query_params.get("limit") if CURSOR in request.query_params else None
    return f"{address}&limit={limit}" if limit else address


class Receipt(ApiView):
    @documented(
        summary="Show a list as I was shown it",
        responses=ReceiptSerializer,
        examples={200: examples.RECEIPT},
        errors=("NOT_FOUND",),
    )
    def get(self, request: Request, request_id: UUID) -> Response:
        """Answer with the receipt of its owner; to anybody else there is none."""
        shown = selectors.shown_receipt(user=caller(request), request_id=request_id)
        return Response(receipt_body(shown))


class PastLists(serializers.ListSerializer[Any]):
    """Reads what became of a whole page at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """Return the lists with their outcomes."""
        shown = selectors.shown(user=caller(self.context["request"]), receipts=data)
        return [past_list_body(each) for each in shown]


class PastList(PastListSerializer):
    class Meta:
        list_serializer_class = PastLists


class History(ApiView):
    @documented(
        summary="List what was recommended to me, and what became of it",
        description=(
            "Every list that was made for me counts as shown. What I do with a film within seven "
            "days counts for the latest list that showed it to me."
        ),
        query=HistoryQuery,
        responses=page_of(PastListSerializer),
        examples={200: page_example(examples.PAST_LIST)},
        errors=("VALIDATION_ERROR", "INVALID_MODEL", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of earlier lists, newest first."""
        query = self.query(HistoryQuery)
        wanted = {name: query.get(name) for name in ("model", "strategy", "since", "until")}
        return paged(request, selectors.receipts(user=caller(request), **wanted), PastList)
