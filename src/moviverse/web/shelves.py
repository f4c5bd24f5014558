"""The rows of films on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from moviverse.catalog import selectors as catalog
from moviverse.catalog.selectors import MovieFilters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moviverse.catalog.selectors import MovieCard

LENGTH = 18  # films in a row
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
    rows = catalog.with_card(catalog.movies(filters))[:LENGTH]
    return [catalog.card(row) for row in rows]


def _more(**query: str) -> str:
    return f"{reverse('catalog')}?{urlencode(query)}"
