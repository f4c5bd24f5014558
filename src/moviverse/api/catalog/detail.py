"""One film with all that goes with it, and what it is to the person who asks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.response import Response

from moviverse.api import caching
from moviverse.api.catalog import examples
from moviverse.api.catalog.answers import DetailSerializer, detail_body
from moviverse.api.catalog.queries import DetailQuery
from moviverse.api.library.review_serializers import ReviewSerializer
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.core.caching import get_or_compute
from moviverse.library import selectors as library
from moviverse.recommendations import serving
from moviverse.recommendations.errors import ModelNotTrained

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from moviverse.accounts.models import User
    from moviverse.recommendations.serving import Neighbours
    from moviverse.recommendations.wishes import Recommendation

BROWSER_SECONDS = 60
FEW, MANY = 6, 20  # films that are like this one: by themselves, and when they are asked for


class Movie(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS, personal_when_signed_in=True)
    @documented(
        summary="Read all about a film",
        query=DetailQuery,
        responses=DetailSerializer,
        examples={200: examples.DETAIL},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request, tmdb_id: int) -> Response:
        """Answer with the film; with `me` to somebody who is signed in."""
        parts = self.query(DetailQuery).get("append", set())
        changed_at = catalog.changed_at(tmdb_id=tmdb_id)
        shared, source = get_or_compute(
            f"tmdb:movie:{tmdb_id}:detail:{changed_at.timestamp()}",
            settings.CACHE_TTL_DETAIL,
            lambda: detail_body(catalog.movie(tmdb_id=tmdb_id)),
        )
        similar = _neighbours(
            serving.similar_by_content, tmdb_id, MANY if "similar" in parts else FEW
        )
        body: dict[str, Any] = {
            **shared,
            "ratings": library.summary(movie_id=tmdb_id),
            "similar": [each.movie for each in similar],
        }
        if "recommendations" in parts:
            body["recommendations"] = _neighbours(serving.similar_by_taste, tmdb_id, MANY)
        if "reviews" in parts:
            newest = library.newest_reviews(movie_id=tmdb_id, limit=MANY)
            body["reviews"] = ReviewSerializer(newest, many=True).data
        if request.user.is_authenticated:
            body["me"] = _mine(request.user, tmdb_id)
        return Response(body, headers={"X-Cache": source})


def _neighbours(
    find: Callable[[int, int], Neighbours], tmdb_id: int, limit: int
) -> tuple[Recommendation, ...]:
    """Return films that go with one; none before a model can say."""
    try:
        return find(tmdb_id, limit).results
    except ModelNotTrained:
        return ()


def _mine(user: User, tmdb_id: int) -> dict[str, Any]:
    opinion = serving.opinion(user=user, tmdb_id=tmdb_id)
    return {
        **asdict(library.standing(user=user, movie_id=tmdb_id)),
        "predicted_rating": opinion.predicted_rating,
        "reasons": opinion.reasons,
    }
