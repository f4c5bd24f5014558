"""Lists for a set of films or a title: nobody has to be signed in, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone
from rest_framework.response import Response

from moviverse.accounts import selectors as accounts
from moviverse.accounts.roles import Role
from moviverse.api import caching
from moviverse.api.authentication import caller
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import (
    BatchAnswerSerializer,
    ContextAnswerSerializer,
    ModelsSerializer,
    TitleAnswerSerializer,
    context_body,
)
from moviverse.api.recommendations.bodies import (
    BatchBody,
    ContextBody,
    MissingData,
    TitleQuery,
    context_of,
    contexts_of,
    refuse_missing,
    wish_of_body,
)
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.core import errors
from moviverse.recommendations import selectors, services
from moviverse.recommendations.wishes import LIMIT, MAX_BATCH, MAX_BATCH_FILMS, Wish

if TYPE_CHECKING:
    from rest_framework.request import Request

    from moviverse.accounts.models import User

REVALIDATED = 0  # seconds: who has just trained sees it, and the ETag makes asking cheap
CONTEXT_ERRORS = (
    "MISSING_DATA",
    "MISSING_CONTEXT",
    "MISSING_MODEL",
    "INVALID_CONTEXT",
    "INVALID_MODEL",
    "MODEL_NOT_FOUND",
)


class Recommend(ApiView):
    public = True
    scope = "recommend"

    @documented(
        summary="Recommend films that go with one, given by its title",
        description="The answer says which film was understood, and which others it may mean.",
        query=TitleQuery,
        responses=TitleAnswerSerializer,
        examples={200: examples.TITLE_ANSWER},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "MODEL_NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the query is read by `self.query`
        """Answer with films like the one that the title is taken for."""
        query = self.query(TitleQuery)
        wish = Wish(limit=query.get("limit", LIMIT))
        found = services.recommend_like(title=query["title"], wish=wish, now=timezone.now())
        return Response(
            {
                **context_body(found.answer),
                "understood": found.film,
                "candidates": found.candidates,
            }
        )

    @documented(
        summary="Recommend films for a set of films",
        request=ContextBody,
        responses=ContextAnswerSerializer,
        examples={"request": examples.CONTEXT, 200: examples.CONTEXT_ANSWER},
        errors=CONTEXT_ERRORS,
    )
    def post(self, request: Request) -> Response:
        """Answer with films that go with the context."""
        sent = cast("dict[str, Any]", request.data)  # the parser takes nothing else
        refuse_missing(sent)
        said = context_of(sent["context"])
        answer = services.recommend_context(
            said=said, wish=wish_of_body(self.body(ContextBody)), now=timezone.now()
        )
        return Response(context_body(answer))


class RecommendBatch(ApiView):
    scope = "recommend"

    @documented(
        summary="Recommend for many contexts, or (as administrator) for many members",
        description=(
            f"All or nothing: an error names the places of what is wrong. At most {MAX_BATCH:,} "
            f"lists, of {MAX_BATCH_FILMS:,} films together."
        ),
        request=BatchBody,
        responses=BatchAnswerSerializer,
        examples={"request": examples.BATCH, 200: examples.BATCH_ANSWER},
        errors=(
            "MISSING_DATA",
            "INVALID_CONTEXT",
            "INVALID_MODEL",
            "MODEL_NOT_FOUND",
            "PERMISSION_DENIED",
        ),
    )
    def post(self, request: Request) -> Response:
        """Answer with a list for each, in the order asked."""
        if "user_ids" in request.data:
            refuse_unless_administrator(caller(request))
        if not request.data:
            raise MissingData
        body = self.body(BatchBody)
        wish, now = wish_of_body(body), timezone.now()
        if "user_ids" in body:
            answers = services.recommend_for_many(user_ids=body["user_ids"], wish=wish, now=now)
        else:
            contexts = contexts_of(body["contexts"])
            answers = services.recommend_contexts(contexts=contexts, wish=wish, now=now)
        return Response(
            {"count": len(answers), "results": [context_body(each) for each in answers]}
        )


class Models(ApiView):
    public = True

    @caching.public(REVALIDATED)
    @documented(
        summary="List the models",
        responses=ModelsSerializer,
        examples={200: examples.MODELS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - there is nothing to read of it
        """Answer with every model that has a name here."""
        return Response({"models": selectors.models()})


def refuse_unless_administrator(user: User) -> None:
    """Keep other people's tastes from whoever may not read them.

    Raises:
        PermissionRefused: `user` is no administrator.
    """
    if not user.is_staff and Role.ADMIN not in accounts.roles(user=user):
        message = "Only an administrator may ask for other people's recommendations."
        raise errors.PermissionRefused(message)
