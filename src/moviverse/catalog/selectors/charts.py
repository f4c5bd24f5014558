"""Lists that the house makes of its whole catalogue, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db.models import Q

from moviverse.catalog.models import Movie
from moviverse.catalog.selectors.cards import CardList
from moviverse.catalog.selectors.lists import SORTS, of_genres

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from moviverse.catalog.selectors.cards import MovieCard

# By the first index whose order this is; the whole year lies together in it.
SOONEST = SORTS["year_asc"]


@dataclass(frozen=True)
class Chart:
    """Films in an order, read when they are looked at; `source` says who made the order."""

    films: Sequence[MovieCard]
    source: Literal["local"] = "local"


def popular(*, genres: tuple[tuple[str, ...], ...] = ()) -> Chart:
    """Return the best known films, those of some genres (as of `MovieFilters`) alone if asked.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    return _chart(_decent().filter(of_genres(genres)).order_by(*SORTS["popularity_desc"]))


def top_rated() -> Chart:
    """Return the films with the best votes, those of few voters drawn towards the middle.

    The weighted vote is (v R + m C) / (v + m) for v votes of mean R, with m and C as in
    `catalog.models`: the estimate that the Internet Movie Database publishes for its top 250.
    """
    voted = _decent().filter(weighted_vote__isnull=False)
    return _chart(voted.order_by("-weighted_vote", "tmdb_id"))


def upcoming(*, today: date) -> Chart:
    """Return the films that are yet to be released, the soonest first.

    Of some only the year is known; they follow those of the year with a date.
    """
    later = Q(released_on__gt=today) | Q(released_on__isnull=True, release_year__gt=today.year)
    this_year_on = _decent().filter(later, release_year__gte=today.year)
    return _chart(this_year_on.order_by(*SOONEST))


def decent(ids: Sequence[int], *, genres: tuple[tuple[str, ...], ...] = ()) -> set[int]:
    """Return those of `ids` that a list for everybody may show.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    return set(_decent().filter(of_genres(genres), pk__in=ids).values_list("pk", flat=True))


def _decent() -> QuerySet[Movie]:
    """Leave out what is made for adults alone: nobody asked for it."""
    return Movie.objects.filter(is_adult=False)


def _chart(movies: QuerySet[Movie]) -> Chart:
    return Chart(CardList(movies))
