"""What people turn to now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from moviverse.api import caching
from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.recommendations.bodies import GenresField
from moviverse.api.recommendations.examples import CARD
from moviverse.api.remembering import remembered
from moviverse.api.schema import documented
from moviverse.api.serializers import QuerySerializer
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.recommendations.trending import HALF_LIVES, LONGEST, Trending, trending

if TYPE_CHECKING:
    from rest_framework.request import Request

    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.trending import Trend

BROWSER_SECONDS = 60
KEPT_SECONDS = 15.0  # the answer; the ranking, which is what costs, is kept by who makes it
LIMIT = 20
EXAMPLE: dict[str, Any] = {
    "time_range": "week",
    "source": "activity",
    "generated_at": "2026-11-21T09:00:00Z",
    "count": 1,
    "results": [{**CARD, "score": 41.72, "views": 96, "viewers": 58}],
}


class TrendingQuery(QuerySerializer):
    """Which trends."""

    time_range = serializers.ChoiceField(
        choices=list(HALF_LIVES), required=False, default="day", help_text="day unless told."
    )
    limit = serializers.IntegerField(
        required=False,
        default=LIMIT,
        min_value=1,
        max_value=LONGEST,
        help_text=f"{LIMIT} unless told.",
    )
    genre = GenresField(required=False)


class TrendSerializer(CardSerializer):
    """A film that people turn to; without a score where it is no trend of this site."""

    score = serializers.FloatField(
        allow_null=True, help_text="Viewers, recent ones counting more, by how it is rated."
    )
    views = serializers.IntegerField(help_text="In the range, ratings among them.")
    viewers = serializers.IntegerField(help_text="In the range, each once a day.")


class TrendingSerializer(serializers.Serializer[Any]):
    """Trends, the strongest first."""

    time_range = serializers.ChoiceField(choices=list(HALF_LIVES))
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field; DRF moves it aside
        choices=["activity", "popularity", "both", "mixed", "tmdb"],
        help_text=(
            "activity of this site; popularity where nothing happens; both where too little. With "
            "a key of TMDb: mixed of our activity and its list, or tmdb where nothing happens."
        ),
    )
    generated_at = serializers.DateTimeField()
    count = serializers.IntegerField()
    results = TrendSerializer(many=True)


class TrendingMovies(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("trending", ttl="CACHE_TTL_TRENDING", edition=catalog.version, at_most=KEPT_SECONDS)
    @documented(
        summary="List the films that people turn to now",
        description=(
            "By how many watch and rate them on this site, recent ones counting more, and by how "
            "they are rated. Where a key of TMDb is set, its list is mixed in, ours first. Popular "
            "films fill the list up."
        ),
        query=TrendingQuery,
        responses=TrendingSerializer,
        examples={200: EXAMPLE},
        errors=("VALIDATION_ERROR",),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the query is read by `self.query`
        """Answer with the trends of a day or a week."""
        asked = self.query(TrendingQuery)
        found = trending(
            time_range=asked["time_range"],
            limit=asked["limit"],
            genres=asked.get("genre", ()),
            now=timezone.now(),
        )
        body = _body(found, time_range=asked["time_range"])
        return Response(body, headers={"X-Cache": found.cached})


def _body(found: Trending, *, time_range: str) -> dict[str, Any]:
    return {
        "time_range": time_range,
        "source": found.ranking.source,
        "generated_at": found.ranking.generated_at,
        "count": len(found.films),
        "results": [_film(trend, card) for trend, card in found.films],
    }


def _film(trend: Trend, card: MovieCard) -> dict[str, Any]:
    shown = {name: getattr(card, name) for name in card.__slots__}
    score = None if trend.score is None else round(trend.score, 4)
    return {**shown, "score": score, "views": trend.views, "viewers": trend.viewers}
