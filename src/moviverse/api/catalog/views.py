"""The catalogue: lists, the search, one film, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.response import Response

from moviverse.api import caching
from moviverse.api.catalog import examples
from moviverse.api.catalog.answers import (
    AsItIs,
    GenreSerializer,
    PersonSerializer,
    SuggestionsSerializer,
    person_body,
    suggestions_body,
)
from moviverse.api.catalog.queries import MoviesQuery, SearchQuery, SuggestQuery, filters
from moviverse.api.pagination import paged
from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.recommendations.examples import CARD
from moviverse.api.remembering import remembered
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

BROWSER_SECONDS = 60  # that a list may be old in a browser; the server's own copy follows a change


class Movies(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("lists", ttl="CACHE_TTL_LISTS", edition=catalog.version)
    @documented(
        summary="List films",
        query=MoviesQuery,
        responses=page_of(CardSerializer),
        examples={200: page_example(CARD)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the catalogue."""
        asked = self.query(MoviesQuery)
        return paged(request, catalog.listed(filters(asked)), AsItIs)


class Search(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("search", ttl="CACHE_TTL_SEARCH", edition=catalog.version)
    @documented(
        summary="Search films by words",
        description=(
            "In titles, people, keywords and overviews, whatever case and accents; misspelt words "
            "are understood where the right ones find too little. By relevance, then popularity."
        ),
        query=SearchQuery,
        responses=page_of(CardSerializer),
        examples={200: page_example(CARD)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of what the words find."""
        asked = self.query(SearchQuery)
        found = catalog.search(q=asked["q"], genres=asked.get("genre", ()), year=asked.get("year"))
        return paged(request, found, AsItIs)


class Suggest(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("suggest", ttl="CACHE_TTL_SEARCH", edition=catalog.version)
    @documented(
        summary="Complete what is being typed",
        query=SuggestQuery,
        responses=SuggestionsSerializer,
        examples={200: examples.SUGGESTIONS},
        errors=("VALIDATION_ERROR",),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the query is read by `self.query`
        """Answer with films, people and genres that begin so."""
        begun = self.query(SuggestQuery)["q"]
        return Response(suggestions_body(catalog.suggest(q=begun)))


class Genres(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("genres", ttl="CACHE_TTL_DETAIL", edition=catalog.version)
    @documented(
        summary="List the genres",
        query=PageQuery,
        responses=page_of(GenreSerializer),
        examples={200: page_example(examples.GENRE)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the genres by name."""
        self.query(PageQuery)
        return paged(request, catalog.counted_genres(), AsItIs)


class Person(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @remembered("people", ttl="CACHE_TTL_DETAIL", edition=catalog.version)
    @documented(
        summary="Read about somebody who makes films",
        responses=PersonSerializer,
        examples={200: examples.PERSON},
        errors=("NOT_FOUND",),
    )
    def get(self, request: Request, person_id: UUID) -> Response:  # noqa: ARG002 - who asks is all the same
        """Answer with somebody and their films."""
        return Response(person_body(catalog.person(person_id=person_id)))
