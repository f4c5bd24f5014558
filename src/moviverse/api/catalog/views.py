"""The catalogue: lists, the search, one film, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
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
from moviverse.api.catalog.queries import MoviesQuery, SearchQuery, SuggestQuery
from moviverse.api.catalog.remembered import Remembered, remembered_page
from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.recommendations.examples import CARD
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import selectors as catalog
from moviverse.core.caching import get_or_compute, key_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from moviverse.catalog.selectors import CountedGenre, MovieCard

BROWSER_SECONDS = 60  # that a list may be old in a browser; the server's own copy follows a change


class Movies(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @documented(
        summary="List films",
        query=MoviesQuery,
        responses=page_of(CardSerializer),
        examples={200: page_example(CARD)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the catalogue."""
        query = MoviesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        filters = query.filters()
        films: Remembered[MovieCard] = Remembered(
            "movies",
            catalog.version(),
            filters,
            seconds=settings.CACHE_TTL_LISTS,
            make=lambda: catalog.CardList(catalog.movies(filters)),
        )
        return remembered_page(request, films, AsItIs)


class Search(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
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
        words, genres, year = asked["q"], asked.get("genre", ()), asked.get("year")
        found: Remembered[MovieCard] = Remembered(
            "search",
            catalog.version(),
            words,
            genres,
            year,
            seconds=settings.CACHE_TTL_SEARCH,
            make=lambda: catalog.search(q=words, genres=genres, year=year),
        )
        return remembered_page(request, found, AsItIs)


class Suggest(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
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
        body, source = get_or_compute(
            key_of("suggest", begun, catalog.version()),
            settings.CACHE_TTL_SEARCH,
            lambda: suggestions_body(catalog.suggest(q=begun)),
        )
        return Response(body, headers={"X-Cache": source})


class Genres(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
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
        genres: Remembered[CountedGenre] = Remembered(
            "genres",
            catalog.version(),
            seconds=settings.CACHE_TTL_DETAIL,
            make=catalog.counted_genres,
        )
        return remembered_page(request, genres, AsItIs)


class Person(ApiView):
    public = True

    @caching.public(BROWSER_SECONDS)
    @documented(
        summary="Read about somebody who makes films",
        responses=PersonSerializer,
        examples={200: examples.PERSON},
        errors=("NOT_FOUND",),
    )
    def get(self, request: Request, person_id: UUID) -> Response:  # noqa: ARG002 - who asks is all the same
        """Answer with somebody and their films."""
        body, source = get_or_compute(
            key_of("person", person_id, catalog.version()),
            settings.CACHE_TTL_DETAIL,
            lambda: person_body(catalog.person(person_id=person_id)),
        )
        return Response(body, headers={"X-Cache": source})
