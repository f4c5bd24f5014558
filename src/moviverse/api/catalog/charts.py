"""The lists that the house makes: what is popular, best rated, and yet to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from moviverse.api import caching
from moviverse.api.catalog.answers import AsItIs, ChartPageSerializer
from moviverse.api.catalog.remembered import Remembered, remembered_page
from moviverse.api.recommendations.examples import CARD
from moviverse.api.schema import documented, page_example
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

    from moviverse.catalog.selectors import Chart, MovieCard

BROWSER_SECONDS = 60
EXAMPLE = {**page_example(CARD), "source": "local"}
ERRORS = ("VALIDATION_ERROR", "NOT_FOUND")


class Popular(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @documented(
        summary="List the popular films",
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the best known films."""
        self.query(PageQuery)
        return _page(request, "popular", catalog.popular())


class TopRated(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @documented(
        summary="List the best rated films",
        description="By a mean of the votes that few voters move little.",
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the best rated films."""
        self.query(PageQuery)
        return _page(request, "top-rated", catalog.top_rated())


class Upcoming(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @documented(
        summary="List the films that are yet to be released",
        query=PageQuery,
        responses=ChartPageSerializer,
        examples={200: EXAMPLE},
        errors=ERRORS,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of what comes next, the soonest first."""
        self.query(PageQuery)
        today = timezone.localdate()
        return _page(request, f"upcoming {today}", catalog.upcoming(today=today))


def _page(request: Request, name: str, chart: Chart) -> Response:
    films: Remembered[MovieCard] = Remembered(
        name, catalog.version(), seconds=settings.CACHE_TTL_LISTS, make=lambda: chart.films
    )
    response = remembered_page(request, films, AsItIs)
    response.data["source"] = chart.source
    return response
