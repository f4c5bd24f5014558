from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.shortcuts import render
from django.utils import timezone

from moviverse.catalog import selectors as catalog
from moviverse.core import errors
from moviverse.recommendations import selectors as tastes
from moviverse.recommendations import services as recommendations
from moviverse.recommendations.wishes import Wish
from moviverse.web import footprints, picks, shelves
from moviverse.web.pages import page

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from moviverse.web.picks import Picks

FANNED = 5  # posters beside the welcome
FOR_YOU = 12

log = structlog.get_logger(__name__)


@page()
def home(request: HttpRequest) -> HttpResponse:
    """Show what is on: for a member first their own list, for a visitor what this is."""
    now = timezone.now()
    names = [genre.name for genre in catalog.genres()]
    preferred = tastes.preferred_genres(user=request.user) if request.user.is_authenticated else ()
    popular = shelves.popular()
    context = {
        "popular": popular,
        "fan": popular.cards[:FANNED],
        "for_you": _for_you(request, now=now),
        "genres": names,
        "trending": shelves.trending(now=now),
        "shelves": shelves.by_genre(names, preferred=preferred),
        "newest": shelves.newest(),
    }
    return render(request, "web/home.html", context)


def _for_you(request: HttpRequest, *, now: datetime) -> Picks | None:
    """Return a member's list; the page goes on without it while there is no model."""
    if not request.user.is_authenticated:
        return None
    try:
        answer = recommendations.recommend_for(user=request.user, wish=Wish(limit=FOR_YOU), now=now)
    except errors.Unavailable as error:
        log.warning("home_without_recommendations", reason=error.message)
        return None
    shown = picks.of(answer)
    footprints.shown(request, movie_ids=[pick.card.tmdb_id for pick in shown.items], now=now)
    return shown
