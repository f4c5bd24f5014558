"""What goes with one film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework import serializers

from moviverse.api import caching
from moviverse.api.pagination import paged
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import (
    AlsoLikedPageSerializer,
    SimilarPageSerializer,
)
from moviverse.api.recommendations.bodies import NeighboursQuery
from moviverse.api.schema import documented, page_example
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.core.caching import get_or_compute, key_of
from moviverse.recommendations import serving
from moviverse.recommendations.wishes import MAX_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request
    from rest_framework.response import Response

    from moviverse.core.caching import Source
    from moviverse.recommendations.serving import Neighbours
    from moviverse.recommendations.wishes import Recommendation


class Card(serializers.BaseSerializer[Any]):
    """A neighbour as a card with what is said of it; the renderer writes dataclasses by itself."""

    def to_representation(self, instance: Recommendation) -> dict[str, Any]:
        """Return the card with score and reasons."""
        card = {name: getattr(instance.movie, name) for name in instance.movie.__slots__}
        return {**card, "score": instance.score, "reasons": instance.reasons}


class Plain(serializers.BaseSerializer[Any]):
    """A recommendation, which the renderer writes as it is."""

    def to_representation(self, instance: Recommendation) -> Recommendation:
        """Return it."""
        return instance


class Similar(ApiView):
    public = True

    @caching.public(settings.CACHE_TTL_DETAIL)
    @documented(
        summary="List films that are about what a film is about",
        query=NeighboursQuery,
        responses=SimilarPageSerializer,
        examples={200: {**page_example(examples.NEIGHBOUR), **examples.FOUND_BY_CONTENT}},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "MODEL_NOT_FOUND"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with a page of them, the nearest first."""
        limit = self.query(NeighboursQuery).get("limit", MAX_LIMIT)
        found = _remembered(
            serving.similar_by_content, tmdb_id, limit, seconds=settings.CACHE_TTL_DETAIL
        )
        return _page(request, *found, Card)


class AlsoLiked(ApiView):
    public = True

    @caching.public(settings.CACHE_TTL_RECOMMENDATIONS)
    @documented(
        summary="List what viewers of a film also liked",
        description="Where nobody has rated the film yet: films that are about the same.",
        query=NeighboursQuery,
        responses=AlsoLikedPageSerializer,
        examples={200: {**page_example(examples.RECOMMENDATION), **examples.FOUND_BY_TASTE}},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "MODEL_NOT_FOUND"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with a page of them, the strongest first."""
        limit = self.query(NeighboursQuery).get("limit", MAX_LIMIT)
        found = _remembered(
            serving.similar_by_taste, tmdb_id, limit, seconds=settings.CACHE_TTL_RECOMMENDATIONS
        )
        return _page(request, *found, Plain)


def _remembered(
    find: Callable[[int, int], Neighbours], tmdb_id: int, limit: int, *, seconds: int
) -> tuple[Neighbours, Source]:
    """Return the neighbours as these models and this catalogue give them."""
    key = key_of(find.__name__, tmdb_id, limit, serving.edition(), catalog.version())
    return get_or_compute(key, seconds, lambda: find(tmdb_id, limit))


def _page(
    request: Request,
    found: Neighbours,
    source: Source,
    serializer: type[serializers.BaseSerializer[Any]],
) -> Response:
    """Answer with a page, and with the model that made the list."""
    response = paged(request, found.results, serializer)
    response["X-Cache"] = source
    response.data |= {
        "model": found.model,
        "model_version": found.model_version,
        "strategy": found.strategy,
    }
    return response
