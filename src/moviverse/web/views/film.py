from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.shortcuts import render
from django.utils import timezone

from moviverse.catalog import selectors as catalog
from moviverse.catalog import services as films
from moviverse.core import clients, errors
from moviverse.library import selectors as library
from moviverse.recommendations import serving
from moviverse.web import footprints, picks
from moviverse.web.pages import page
from moviverse.web.shelves import Shelf
from moviverse.web.templatetags import film_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

    from moviverse.catalog.selectors import MovieCard
    from moviverse.library.selectors import Standing, WrittenReview
    from moviverse.recommendations.serving import Neighbours
    from moviverse.web.picks import Bar

LENGTH = 12
MOST_CAST = 12
MOST_REVIEWS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Expected:
    """The rating that a model expects of a member, and what speaks for the film."""

    rating: float | None
    bars: Sequence[Bar]


@page()
def film(request: HttpRequest, *, tmdb_id: int) -> HttpResponse:
    """Show a film, what people think of it and what is like it."""
    now = timezone.now()
    detail = films.with_film(
        lambda: catalog.movie(tmdb_id=tmdb_id),
        tmdb_id=tmdb_id,
        asker=clients.address(request),
        now=now,
    )
    standing = _standing(request, tmdb_id)
    mine = "" if standing is None or standing.rating is None else f"{standing.rating:.1f}"
    context = {
        "film": detail,
        "cast": detail.cast[:MOST_CAST],
        "summary": library.summary(movie_id=tmdb_id),
        "mine": mine,
        "standing": standing,
        "reviews": library.newest_reviews(movie_id=tmdb_id, limit=MOST_REVIEWS),
        "my_review": _my_review(request, tmdb_id),
        "half_steps": [step for step, _ in film_facts.HALF_STEPS],
        "expected": None if mine else _opinion(request, tmdb_id),
        "shelves": [shelf for shelf in (_similar(tmdb_id), _also_liked(tmdb_id)) if shelf.cards],
    }
    response = render(request, "web/film.html", context)
    footprints.viewed(request, movie_id=tmdb_id, now=now)
    footprints.picked(request, movie_id=tmdb_id, now=now)
    return response


def _standing(request: HttpRequest, tmdb_id: int) -> Standing | None:
    """Return what the film is to a member."""
    if not request.user.is_authenticated:
        return None
    return library.standing(user=request.user, movie_id=tmdb_id)


def _my_review(request: HttpRequest, tmdb_id: int) -> WrittenReview | None:
    """Return what a member has written about the film."""
    if not request.user.is_authenticated:
        return None
    return library.own_review(user=request.user, movie_id=tmdb_id)


def _opinion(request: HttpRequest, tmdb_id: int) -> Expected | None:
    """Return what a member may think of a film, and why it would be recommended."""
    if not request.user.is_authenticated:
        return None
    found = serving.opinion(user=request.user, tmdb_id=tmdb_id)
    return Expected(rating=found.predicted_rating, bars=picks.bars(found.reasons))


def _similar(tmdb_id: int) -> Shelf:
    return Shelf("Similar films", _cards(serving.similar_by_content, tmdb_id))


def _also_liked(tmdb_id: int) -> Shelf:
    return Shelf("Viewers of this also liked", _cards(serving.similar_by_taste, tmdb_id))


def _cards(near: Callable[[int, int], Neighbours], tmdb_id: int) -> Sequence[MovieCard]:
    """Return the cards of neighbours; the page goes on without them while there is no model."""
    try:
        return [result.movie for result in near(tmdb_id, LENGTH).results]
    except errors.Unavailable as error:
        log.warning("film_without_neighbours", reason=error.message)
        return []
