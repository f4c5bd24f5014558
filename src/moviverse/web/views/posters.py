from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.web.pages import page
from moviverse.web.posters import drawing

if TYPE_CHECKING:
    from django.http import HttpRequest

WEEK_SECONDS = 604_800


@page()
def poster(request: HttpRequest, *, tmdb_id: int) -> HttpResponse:  # noqa: ARG001 - it is the same for all
    """Answer with a film's drawn poster; the ETag is made of its bytes by Django."""
    card = catalog.cards([tmdb_id]).get(tmdb_id)
    if card is None:
        raise MovieNotFound
    drawn = drawing.poster(
        tmdb_id=tmdb_id, title=card.title, year=card.release_year, genres=card.genres
    )
    return HttpResponse(
        drawn,
        content_type="image/svg+xml; charset=utf-8",
        headers={"Cache-Control": f"public, max-age={WEEK_SECONDS}, immutable"},
    )
