"""Favourites and the watchlist: films that a person keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.library import examples
from moviverse.api.library.saved_serializers import (
    SaveBody,
    SavedQuery,
    SavedSerializer,
    ShownBody,
)
from moviverse.api.pagination import paged
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.views import ApiView
from moviverse.library import selectors, services
from moviverse.library.errors import FavoriteNotFound, NotOnWatchlist

if TYPE_CHECKING:
    from rest_framework.request import Request

    from moviverse.core.errors import NotFound

LARGEST_ID = 2**63 - 1
ABOUT_SAVING = (
    "201 when it is new, 200 with the same row when it is there already. A film that this site "
    "does not know is kept as it was sent, and fetched from TMDb where a key is set."
)
ABOUT_THE_ADDRESS = "`saved_id` is the row's id or the film's `tmdb_id`."


class Favorites(ApiView):
    @documented(
        summary="List my favourites",
        query=SavedQuery,
        responses=page_of(SavedSerializer),
        examples={200: page_example(examples.SAVED)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of favourites, the newest first unless asked otherwise."""
        films = selectors.favorites(user=caller(request), **_order(self.query(SavedQuery)))
        return paged(request, films, SavedSerializer)

    @documented(
        summary="Make a film a favourite",
        description=f"{ABOUT_SAVING} It counts in the next recommendations.",
        request=SaveBody,
        responses={200: SavedSerializer, 201: SavedSerializer},
        examples={"request": examples.SAVE, 200: examples.SAVED, 201: examples.SAVED},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the favourite."""
        film, is_new = services.add_favorite(
            user=caller(request), **self.body(SaveBody), now=timezone.now()
        )
        return Response(SavedSerializer(film).data, status=201 if is_new else 200)


class Favorite(ApiView):
    @documented(
        summary="Take a film off my favourites",
        description=ABOUT_THE_ADDRESS,
        responses={204: None},
        errors=("NOT_FOUND",),
    )
    def delete(self, request: Request, saved_id: str) -> Response:
        """Answer with nothing."""
        services.remove_favorite(user=caller(request), key=_key(saved_id, FavoriteNotFound))
        return Response(status=204)


class Watchlist(ApiView):
    @documented(
        summary="List what I want to watch",
        query=SavedQuery,
        responses=page_of(SavedSerializer),
        examples={200: page_example(examples.SAVED)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the watchlist, the newest first unless asked otherwise."""
        films = selectors.watchlist(user=caller(request), **_order(self.query(SavedQuery)))
        return paged(request, films, SavedSerializer)

    @documented(
        summary="Put a film on my watchlist",
        description=ABOUT_SAVING,
        request=SaveBody,
        responses={200: SavedSerializer, 201: SavedSerializer},
        examples={"request": examples.SAVE, 200: examples.SAVED, 201: examples.SAVED},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the film on the list."""
        return _put_on_watchlist(request, self.body(SaveBody))


class WatchlistItem(ApiView):
    @documented(
        summary="Take a film off my watchlist",
        description=ABOUT_THE_ADDRESS,
        responses={204: None},
        errors=("NOT_FOUND",),
    )
    def delete(self, request: Request, saved_id: str) -> Response:
        """Answer with nothing."""
        services.remove_from_watchlist(user=caller(request), key=_key(saved_id, NotOnWatchlist))
        return Response(status=204)


class WatchlistFilm(WatchlistItem):
    @documented(
        summary="Put the film of this address on my watchlist",
        description=f"{ABOUT_SAVING} {ABOUT_THE_ADDRESS}",
        request=ShownBody,
        responses={200: SavedSerializer, 201: SavedSerializer},
        examples={"request": examples.SHOWN, 200: examples.SAVED, 201: examples.SAVED},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request, saved_id: str) -> Response:
        """Answer with the film on the list."""
        told = self.body(ShownBody)
        movie_id = _key(saved_id, NotOnWatchlist)
        if isinstance(movie_id, UUID):
            movie_id = selectors.movie_on_watchlist(user=caller(request), item_id=movie_id)
        return _put_on_watchlist(request, {"movie_id": movie_id, **told})


def _put_on_watchlist(request: Request, told: dict[str, Any]) -> Response:
    film, is_new = services.add_to_watchlist(user=caller(request), **told, now=timezone.now())
    return Response(SavedSerializer(film).data, status=201 if is_new else 200)


def _order(query: dict[str, Any]) -> dict[str, str]:
    return {"sort": query["sort"]} if "sort" in query else {}


def _key(text: str, missing: type[NotFound]) -> UUID | int:
    """Return the id of a row or of a film; what is neither names nothing."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)):
        number = int(text)
        if not 1 <= number <= LARGEST_ID:
            raise missing
        return number
    try:
        return UUID(text)
    except ValueError as error:
        raise missing from error
