"""The rows of films on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from moviverse.catalog import selectors as catalog
from moviverse.catalog.selectors import MovieFilters
from moviverse.recommendations import trending as trends

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from moviverse.catalog.selectors import MovieCard

LENGTH = 18  # films in a row
A_TREND = 6  # films that people turned to
GENRES = 4  # rows of genres
# What the house shows of its own accord, first those that look least alike.
FAVOURED = ("Science Fiction", "Crime", "Animation", "Romance", "Drama", "Comedy", "Documentary")


@dataclass(frozen=True)
class Shelf:
    """A row of films with its title, and where there are more of them."""

    title: str
    cards: Sequence[MovieCard]
    more: str = ""
    note: str = ""


def popular() -> Shelf:
    """Return what most people watch."""
    return Shelf("Popular now", _films(MovieFilters()), more=reverse("catalog"))


def trending(*, now: datetime) -> Shelf:
    """Return what people turn to; nothing where too few do to speak of a trend."""
    found = trends.trending(time_range="week", limit=LENGTH, now=now)
    cards = [card for trend, card in found.films if trend.score is not None or trend.is_tmdbs]
    return Shelf("Trending this week", cards if len(cards) >= A_TREND else ())


def newest() -> Shelf:
    """Return the latest releases."""
    filters = MovieFilters(sort="year_desc")
    return Shelf("Newest releases", _films(filters), more=_more(sort=filters.sort))


def by_genre(names: Sequence[str], *, preferred: Sequence[str] = ()) -> list[Shelf]:
    """Return a row each for some of the genres `names`, the preferred ones first."""
    wanted = dict.fromkeys((*preferred, *FAVOURED))
    chosen = [name for name in wanted if name in names][:GENRES]
    return [
        Shelf(name, _films(MovieFilters(genres=((name,),))), more=_more(genre=name))
        for name in chosen
    ]


def _films(filters: MovieFilters) -> list[MovieCard]:
    return list(catalog.listed(filters)[:LENGTH])


def _more(**query: str) -> str:
    return f"{reverse('catalog')}?{urlencode(query)}"
