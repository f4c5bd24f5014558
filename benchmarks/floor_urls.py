"""The site's paths, and views that show what the framework alone costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

from moviverse.api.views import ApiView
from moviverse.catalog.models import Movie
from moviverse.config import urls as site
from moviverse.config.urls import handler400, handler403, handler404, handler500

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

COLUMNS = (
    "tmdb_id",
    "title",
    "released_on",
    "release_year",
    "runtime_minutes",
    "vote_average",
    "poster_path",
    "language",
)
FILMS = 20


class FilmSerializer(serializers.ModelSerializer[Movie]):
    class Meta:
        model = Movie
        fields = COLUMNS


class Nothing(ApiView):
    """An empty view of the API, for anybody."""

    public = True
    authentication_classes = ()

    def get(self, _request: Request) -> Response:
        return Response({})


class Films(ApiView):
    """Twenty films, read with one query, for who shows a token: a list as DRF makes them."""

    def get(self, _request: Request) -> Response:
        films = Movie.objects.order_by("-popularity", "tmdb_id").only(*COLUMNS)[:FILMS]
        return Response({"results": FilmSerializer(films, many=True).data})


class Rows(ApiView):
    """The same films without any serializer: the least that a list can cost."""

    def get(self, _request: Request) -> Response:
        films = Movie.objects.order_by("-popularity", "tmdb_id").values(*COLUMNS)[:FILMS]
        return Response({"results": list(films)})


urlpatterns: list[Any] = [
    path("api/floor/nothing/", Nothing.as_view()),
    path("api/floor/films/", Films.as_view()),
    path("api/floor/rows/", Rows.as_view()),
    *site.urlpatterns,
]
