"""The watch history: what a person watched, how far, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.library import examples
from moviverse.api.library.viewing_serializers import (
    CorrectionBody,
    TrackedSerializer,
    ViewBody,
    WatchBody,
    WatchedSerializer,
)
from moviverse.api.pagination import paged
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.serializers import PageQuery
from moviverse.api.views import ApiView
from moviverse.catalog import services as catalog
from moviverse.core import clients
from moviverse.library import selectors, services

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class History(ApiView):
    @documented(
        summary="List what I watched",
        description="The latest first; a film that was watched twice is there twice.",
        query=PageQuery,
        responses=page_of(WatchedSerializer),
        examples={200: page_example(examples.WATCHED)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the history."""
        self.query(PageQuery)
        return paged(request, selectors.history(user=caller(request)), WatchedSerializer)

    @documented(
        summary="Record that I watched a film, or how far",
        description=(
            "A film counts as watched at 90 % of its running time. While it is not, its entry is "
            "carried on with 200; watching it again begins a new one with 201. A progress beyond "
            "the end is the end."
        ),
        request=WatchBody,
        responses={200: WatchedSerializer, 201: WatchedSerializer},
        examples={"request": examples.WATCH, 200: examples.WATCHED, 201: examples.WATCHED},
        errors=("NOT_FOUND", "CONFLICT", "API_ERROR"),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the entry."""
        user, told, now = caller(request), self.body(WatchBody), timezone.now()
        viewing, is_new = catalog.with_film(
            lambda: services.watch(user=user, **told, now=now),
            tmdb_id=told["movie_id"],
            asker=clients.address(request),
            now=now,
        )
        (shown,) = selectors.watched_films([viewing])
        return Response(WatchedSerializer(shown).data, status=201 if is_new else 200)


class HistoryEntry(ApiView):
    @documented(
        summary="Correct an entry of my history",
        request=CorrectionBody,
        responses=WatchedSerializer,
        examples={"request": examples.CORRECTION, 200: examples.WATCHED},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    def patch(self, request: Request, viewing_id: UUID) -> Response:
        """Answer with the entry as it is now."""
        viewing = services.correct_viewing(
            user=caller(request),
            viewing_id=viewing_id,
            **self.body(CorrectionBody),
            now=timezone.now(),
        )
        (shown,) = selectors.watched_films([viewing])
        return Response(WatchedSerializer(shown).data)

    @documented(
        summary="Take an entry out of my history",
        responses={204: None},
        errors=("NOT_FOUND",),
    )
    def delete(self, request: Request, viewing_id: UUID) -> Response:
        """Answer with nothing."""
        services.forget_viewing(user=caller(request), viewing_id=viewing_id)
        return Response(status=204)


class ContinueWatching(ApiView):
    @documented(
        summary="List the films that I am in the middle of",
        description="What I watched last comes first.",
        query=PageQuery,
        responses=page_of(WatchedSerializer),
        examples={200: page_example(examples.WATCHED)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of what was started and not finished."""
        self.query(PageQuery)
        return paged(request, selectors.unfinished(user=caller(request)), WatchedSerializer)


class TrackView(ApiView):
    public = True

    @documented(
        summary="Say that a film is being looked at",
        description=(
            "Signed in: a `view` among my interactions, and the progress in my history. A visitor "
            "is counted once a film and day, under a digest that no address can be read from. "
            "Players may call it every few seconds."
        ),
        request=ViewBody,
        responses=TrackedSerializer,
        examples={"request": examples.VIEW, 200: examples.TRACKED},
        errors=("NOT_FOUND",),
    )
    def post(self, request: Request, tmdb_id: int) -> Response:
        """Answer with what was recorded."""
        progress = self.body(ViewBody).get("progress_seconds")
        viewing, now = None, timezone.now()
        if request.user.is_authenticated:
            viewing = services.view(
                user=caller(request), movie_id=tmdb_id, progress_seconds=progress, now=now
            )
        else:
            services.view_anonymously(address=clients.address(request), movie_id=tmdb_id, now=now)
        body = {
            "tmdb_id": tmdb_id,
            "progress_seconds": viewing and viewing.progress_seconds,
            "watched": bool(viewing and viewing.is_finished),
        }
        return Response(body)
