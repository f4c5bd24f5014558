"""What goes with one film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers

from moviverse.api import caching
from moviverse.api.pagination import paged
from moviverse.api.recommendations import examples
from moviverse.api.recommendations.answers import (
    AlsoLikedPageSerializer,
    SimilarPageSerializer,
)
from moviverse.api.recommendations.bodies import NeighboursQuery
from moviverse.api.remembering import remembered
from moviverse.api.schema import documented, page_example
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.catalog import services as films
from moviverse.core import clients
from moviverse.recommendations import alike, serving
from moviverse.recommendations.wishes import MAX_LIMIT

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

    from moviverse.recommendations.serving import Neighbours
    from moviverse.recommendations.wishes import Recommendation


BROWSER_SECONDS = 60  # that a list may be old in a browser; the server's own copy follows a change


def _edition(kind: str) -> object:
    """Return the catalogue and the models that neighbours are made from."""
    return catalog.version(kind), serving.edition()


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

    @caching.public(BROWSER_SECONDS)
    @remembered("similar", ttl="CACHE_TTL_DETAIL", edition=_edition)
    @documented(
        summary="List films that are about what a film is about",
        description="Where a key is set, every third one is one that TMDb names, without a score.",
        query=NeighboursQuery,
        responses=SimilarPageSerializer,
        examples={200: {**page_example(examples.NEIGHBOUR), **examples.FOUND_BY_CONTENT}},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "MODEL_NOT_FOUND", "API_ERROR"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with a page of them, the nearest first."""
        limit = self.query(NeighboursQuery).get("limit", MAX_LIMIT)
        found = films.with_film(
            lambda: alike.similar(tmdb_id, limit),
            tmdb_id=tmdb_id,
            asker=clients.address(request),
            now=timezone.now(),
        )
        return _page(request, found, Card)


class AlsoLiked(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("also_liked", ttl="CACHE_TTL_RECOMMENDATIONS", edition=_edition)
    @documented(
        summary="List what viewers of a film also liked",
        description="Where nobody has rated the film yet: films that are about the same.",
        query=NeighboursQuery,
        responses=AlsoLikedPageSerializer,
        examples={200: {**page_example(examples.RECOMMENDATION), **examples.FOUND_BY_TASTE}},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "MODEL_NOT_FOUND", "API_ERROR"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with a page of them, the strongest first."""
        limit = self.query(NeighboursQuery).get("limit", MAX_LIMIT)
        found = films.with_film(
            lambda: serving.similar_by_taste(tmdb_id, limit),
            tmdb_id=tmdb_id,
            asker=clients.address(request),
            now=timezone.now(),
        )
        return _page(request, found, Plain)


def _page(
    request: Request,
    found: Neighbours,
    serializer: type[serializers.BaseSerializer[Any]],
) -> Response:
    """Answer with a page, and with the model that made the list."""
    response = paged(request, found.results, serializer)
    response.data |= {
        "model": found.model,
        "model_version": found.model_version,
        "strategy": found.strategy,
    }
    return response
