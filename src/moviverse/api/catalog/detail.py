"""One film with all that goes with it, and what it is to the person who asks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from moviverse.api import caching
from moviverse.api.catalog import examples
from moviverse.api.catalog.answers import DetailSerializer, detail_body
from moviverse.api.catalog.queries import DetailQuery
from moviverse.api.library.review_serializers import ReviewSerializer
from moviverse.api.remembering import joined, written
from moviverse.api.schema import documented
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.catalog import services as films
from moviverse.core import clients
from moviverse.core.caching import get_or_compute
from moviverse.library import selectors as library
from moviverse.recommendations import alike, serving
from moviverse.recommendations.errors import ModelNotTrained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rest_framework.request import Request

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import Edition
    from moviverse.recommendations.serving import Neighbours
    from moviverse.recommendations.wishes import Recommendation

BROWSER_SECONDS = 60
KIND, SIMILAR = "detail", "similar"  # what the parts are counted as, and emptied by
FEW, MANY = 6, 20  # films that are like this one: by themselves, and when they are asked for


class Movie(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS, personal_when_signed_in=True)
    @documented(
        summary="Read all about a film",
        description="One that this site does not hold is fetched from TMDb where a key is set.",
        query=DetailQuery,
        responses=DetailSerializer,
        examples={200: examples.DETAIL},
        errors=("VALIDATION_ERROR", "NOT_FOUND", "API_ERROR"),
    )
    def get(self, request: Request, tmdb_id: int) -> HttpResponse:
        """Answer with the film; with `me` to somebody who is signed in."""
        parts = self.query(DetailQuery).get("append", set())
        edition = films.with_film(
            lambda: catalog.edition(tmdb_id=tmdb_id, scope=KIND, also=SIMILAR),
            tmdb_id=tmdb_id,
            asker=clients.address(request),
            now=timezone.now(),
        )
        shared, source = get_or_compute(
            f"tmdb:movie:{tmdb_id}:detail:{_spelt(edition.film)}",
            settings.CACHE_TTL_DETAIL,
            lambda: written(detail_body(catalog.movie(tmdb_id=tmdb_id))),
            kind=KIND,
        )
        similar = _similar(tmdb_id, MANY if "similar" in parts else FEW, edition)
        live: dict[str, Any] = {"ratings": library.summary(movie_id=tmdb_id)}
        if "recommendations" in parts:
            live["recommendations"] = _neighbours(serving.similar_by_taste, tmdb_id, MANY)
        if "reviews" in parts:
            newest = library.newest_reviews(movie_id=tmdb_id, limit=MANY)
            live["reviews"] = ReviewSerializer(newest, many=True).data
        if request.user.is_authenticated:
            live["me"] = _mine(request.user, tmdb_id)
        body = joined(shared, similar, written(live))
        return HttpResponse(body, content_type="application/json", headers={"X-Cache": source})


def _similar(tmdb_id: int, limit: int, edition: Edition) -> bytes:
    """Return the part of the body that names films like this one."""
    key = f"movie:{tmdb_id}:similar:{limit}:{_spelt((*edition.catalogue, *serving.edition()))}"

    def compute() -> bytes:
        # TMDb is asked only by who asks for more of them: to show a film that we hold, nobody is.
        find = alike.similar if limit == MANY else serving.similar_by_content
        found = _neighbours(find, tmdb_id, limit)
        return written({"similar": [each.movie for each in found]})

    body, _ = get_or_compute(key, settings.CACHE_TTL_DETAIL, compute, kind=SIMILAR)
    return body


def _spelt(version: Sequence[object]) -> str:
    """Return a version as a key holds it."""
    return "-".join(
        f"{each.timestamp():.6f}" if isinstance(each, datetime) else str(each) for each in version
    )


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
