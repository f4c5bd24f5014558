"""Reading the catalogue: lists, cards, one film, the search."""

from __future__ import annotations

from moviverse.catalog.selectors.cards import MovieCard, card, cards, with_card
from moviverse.catalog.selectors.details import (
    Credit,
    MovieDetail,
    PersonDetail,
    movie,
    person,
)
from moviverse.catalog.selectors.lists import (
    SORTS,
    MovieFilters,
    exists,
    genres,
    ids_of_source,
    is_local,
    known,
    languages,
    movies,
)

__all__ = [
    "SORTS",
    "Credit",
    "MovieCard",
    "MovieDetail",
    "MovieFilters",
    "PersonDetail",
    "card",
    "cards",
    "exists",
    "genres",
    "ids_of_source",
    "is_local",
    "known",
    "languages",
    "movie",
    "movies",
    "person",
    "with_card",
]
