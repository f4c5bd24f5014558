"""Lists for everybody: what is popular, best rated, and yet to come; TMDb's where a key is set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from moviverse.api import caching
from moviverse.api.catalog.answers import AsItIs, ChartPageSerializer
from moviverse.api.pagination import paged
from moviverse.api.recommendations.examples import CARD
from moviverse.api.remembering import briefly, remembered
from moviverse.api.schema import documented, page_example
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.core.pagination import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request
    from rest_framework.response import Response

    from moviverse.catalog.selectors import Chart
    from moviverse.catalog.tmdb_lists import ChartName

BROWSER_SECONDS = 60
THEIRS = "TMDb's list where a key is set and TMDb tells, else this site's own: see `source`."
EXAMPLE = {**page_example(CARD), "source": "local"}
ERRORS = ("VALIDATION_ERROR", "NOT_FOUND")


def _edition(kind: str) -> object:
    """Return what a chart is made from: the catalogue, and the day."""
    return catalog.version(kind), timezone.localdate()


class Popular(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("charts", ttl="CACHE_TTL_LISTS", edition=_edition)
    @documented(
        summary="List the popular films",
        description=THEIRS,
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the best known films."""
        return _page(request, self.query(PageQuery), "popular", catalog.popular)


class TopRated(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("charts", ttl="CACHE_TTL_LISTS", edition=_edition)
    @documented(
        summary="List the best rated films",
        description=f"{THEIRS} Ours is by a mean of the votes that few voters move little.",
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the best rated films."""
        return _page(request, self.query(PageQuery), "top_rated", catalog.top_rated)


class Upcoming(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("charts", ttl="CACHE_TTL_LISTS", edition=_edition)
    @documented(
        summary="List the films that are yet to be released",
        description=THEIRS,
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of what comes next, the soonest first."""
        local = partial(catalog.upcoming, today=timezone.localdate())
        return _page(request, self.query(PageQuery), "upcoming", local)


def _page(
    request: Request, asked: dict[str, Any], name: ChartName, local: Callable[[], Chart]
) -> Response:
    """Answer with a page of TMDb's list where it tells, else of our own."""
    size = asked.get("page_size", PAGE_SIZE)
    start = (int(asked.get("page", 1)) - 1) * size
    theirs = catalog.of_tmdb(name=name, start=start, stop=start + size)
    chart = theirs or local()
    response = paged(request, chart.films, AsItIs)
    response.data["source"] = chart.source
    if chart.cached == "stale":
        response["X-Cache"] = "stale"
    # Ours stands in while TMDb is away, and not for longer.
    return briefly(response) if theirs is None and catalog.follows_tmdb() else response
